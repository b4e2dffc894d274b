-- group_spread: how far apart groups are without the noise of their sizes
-- grain: classifier, dataset, split, group_attribute
-- units: fractions; chi_square (Cochran's Q of the groups' accuracies) and p_value test whether the groups differ at all;
-- tau is the standard deviation of the true accuracies between groups; shrunken_gap is that of the shrunken
-- accuracies, posterior_gap the mean over 500 seeded draws of the true ones; detectable_gap: smallest true gap
-- that two groups of median size would show with 80 % power
-- reads: shrunken_accuracy, chi_square_tail, detectable_gap, normal_quantile, seen_by
-- source: DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2; draws: McKay, Beckman and Conover 1979,
-- 10.1080/00401706.1979.10489755 (each group's 500 normal quantiles, in the order of an MD5)
-- note: gap is too large by chance; shrunken_gap errs little to the small side, posterior_gap little to the large one. The
-- draws are the same in every store and on every processor. Groups with fewer than min_samples samples (a setting of the
-- store) take no part; one group has no spread
with groups as (
    select
        *,
        row_number() over (
            partition by classifier, attribute, taxonomy, dataset, split, group_attribute
            order by group_name
        ) as place
    from shrunken_accuracy
    where
        accuracy is not null
        and tau is not null
),

spreads as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        group_attribute,
        count(*) as n_groups,
        sum(n_samples)::bigint as n_samples,
        any_value(accuracy_pooled) as accuracy_pooled,
        any_value(accuracy_centre) as accuracy_centre,
        -- all right, or all wrong: no difference
        coalesce(
            sum(n_effective * (accuracy - accuracy_pooled) ** 2)
            / nullif(any_value(accuracy_pooled * (1 - accuracy_pooled)), 0),
            0
        ) as chi_square,
        any_value(tau) as tau,
        max(accuracy) - min(accuracy) as gap,
        max(shrunken_accuracy) - min(shrunken_accuracy) as shrunken_gap,
        median(n_effective) as n_effective_median
    from groups
    group by all
),

places as (
    select unnest(range(1, (select coalesce(max(n_groups), 0) from spreads) + 1)) as place
),

shuffled as (
    select
        places.place,
        draws.draw,
        row_number() over (
            partition by places.place
            order by md5(places.place || ' ' || draws.draw), draws.draw
        ) as rank
    from places
    cross join (select unnest(range(500)) as draw) as draws
),

normals as (
    select
        place,
        draw,
        normal_quantile((rank - 0.5e0) / 500) as deviate
    from shuffled
),

drawn as (
    select
        groups.classifier,
        groups.dataset,
        groups.split,
        groups.group_attribute,
        normals.draw,
        max(groups.shrunken_accuracy + groups.posterior_sd * normals.deviate)
        - min(groups.shrunken_accuracy + groups.posterior_sd * normals.deviate) as gap
    from groups
    inner join normals using (place)
    group by all
),

posteriors as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        avg(gap) as posterior_gap
    from drawn
    group by all
)

select
    spreads.* exclude (n_effective_median),
    seen_by(spreads.classifier, spreads.dataset, spreads.split) as seen,
    posteriors.posterior_gap,
    chi_square_tail(spreads.chi_square, spreads.n_groups - 1) as p_value,
    detectable_gap(
        spreads.n_groups,
        spreads.n_effective_median,
        spreads.n_effective_median,
        spreads.accuracy_pooled
    ) as detectable_gap
from spreads
inner join posteriors
    on
        spreads.classifier = posteriors.classifier
        and spreads.dataset = posteriors.dataset
        and spreads.split is not distinct from posteriors.split
        and spreads.group_attribute = posteriors.group_attribute
