-- conditional_gaps: how far the accuracies of two groups are apart among samples that are alike in other labels
-- grain: classifier, dataset, split, group_attribute, given, group_a, group_b
-- units: difference is accuracy_a - accuracy_b, conditional_difference its weighted mean over the strata, the labels of
-- `given`, with the 95 % interval ci_low and ci_high; p_value: Mantel and Haenszel's test that in no stratum right
-- answers hang on the group; p_value_holm: after Holm over all pairs of the attribute and `given`; odds_ratio: the common
-- one of being right, group_a by group_b, with ci_low_odds_ratio and ci_high_odds_ratio; n_compared counts samples in
-- strata that both groups are in
-- reads: judged_counts, cell_groups, cluster_effects, chi_square_tail, if_enough, seen_by
-- source: Mantel and Haenszel 1959, 10.1093/jnci/22.4.719 (without continuity correction); interval of the difference:
-- Sato, Greenland and Robins 1989, 10.2307/2531770; of the odds ratio: Robins, Breslow and Greenland 1986,
-- 10.2307/2531052; Simpson 1951
-- note: is_reversed: the sign turns, so that the difference of all samples is that of the other labels (Simpson's
-- paradox). `given` is an attribute, or a pair or triple of them; samples that lack one of these labels are in no figure
-- here, so accuracies are those of accuracy_by_group where all are labelled. What no label says is not held fixed. A
-- pair in which a group has fewer than min_samples samples (a setting of the store) has no figures
with by_cell as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        cell,
        sum(n_samples) as n,
        coalesce(sum(n_samples) filter (where is_correct), 0) as n_right
    from judged_counts
    group by all
),

pairings as (
    select
        grouped.cell,
        grouped.group_attribute,
        grouped.group_name,
        fixed.group_attribute as given,
        fixed.group_name as stratum
    from cell_groups as grouped
    inner join cell_groups as fixed using (cell)
    where
        grouped.group_attribute <> 'overall'
        and not contains(grouped.group_attribute, ' x ')
        and fixed.group_attribute <> 'overall'
        -- in a stratum of the attribute itself there is one group, and nothing to compare
        and not contains(
            ' x ' || fixed.group_attribute || ' x ', ' x ' || grouped.group_attribute || ' x '
        )
),

strata as (
    select
        by_cell.classifier,
        by_cell.attribute,
        by_cell.taxonomy,
        by_cell.dataset,
        by_cell.split,
        pairings.group_attribute,
        pairings.group_name,
        pairings.given,
        pairings.stratum,
        sum(by_cell.n)::double as n,
        sum(by_cell.n_right)::double as n_right
    from by_cell
    inner join pairings using (cell)
    group by all
),

with_totals as (
    select
        *,
        sum(n) over of_group as n_group,
        sum(n_right) over of_group as n_right_group
    from strata
    window of_group as (
        partition by classifier, dataset, split, group_attribute, given, group_name
    )
),

-- a: right, b: wrong of the first group; c, d of the second
tables as (
    select
        one.classifier,
        one.attribute,
        one.taxonomy,
        one.dataset,
        one.split,
        one.group_attribute,
        one.given,
        one.group_name as group_a,
        other.group_name as group_b,
        one.n_group as n_group_a,
        one.n_right_group as n_right_a,
        other.n_group as n_group_b,
        other.n_right_group as n_right_b,
        one.n_right as a,
        one.n - one.n_right as b,
        other.n_right as c,
        other.n - other.n_right as d,
        one.n as n_a,
        other.n as n_b,
        one.n + other.n as n
    from with_totals as one
    inner join with_totals as other
        on
            one.classifier = other.classifier
            and one.dataset = other.dataset
            and one.split is not distinct from other.split
            and one.group_attribute = other.group_attribute
            and one.given = other.given
            and one.stratum = other.stratum
            and one.group_name < other.group_name
),

sums as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        group_attribute,
        given,
        group_a,
        group_b,
        n_group_a,
        n_group_b,
        n_right_a / n_group_a as accuracy_a,
        n_right_b / n_group_b as accuracy_b,
        count(*) as n_strata,
        sum(n)::bigint as n_compared,
        sum(n_a * n_b / n) as weight,
        sum((a * n_b - c * n_a) / n) / weight as conditional_difference,
        sum((n_a ** 2 * c - n_b ** 2 * a + n_a * n_b * (n_b - n_a) / 2) / n ** 2) as sato_p,
        sum((a * d + c * b) / n) / 2 as sato_q,
        sum(a - (a + c) * n_a / n) as excess,
        sum(
            if(n > 1, (a + c) * (b + d) * n_a * n_b / n ** 2 / (n - 1), 0)
        ) as excess_variance,
        sum(a * d / n) as for_a,
        sum(b * c / n) as for_b,
        sum((a + d) * a * d / n ** 2) as p_for_a,
        sum(((a + d) * b * c + (b + c) * a * d) / n ** 2) as p_and_q,
        sum((b + c) * b * c / n ** 2) as q_for_b
    from tables
    group by all
),

-- of two groups the one whose samples are worth less, as several show the same person
with_worth as (
    select
        sums.*,
        least(
            coalesce(of_a.n_effective / of_a.n_samples, 1),
            coalesce(of_b.n_effective / of_b.n_samples, 1)
        ) as worth
    from sums
    left join cluster_effects as of_a
        on
            sums.classifier = of_a.classifier
            and sums.dataset = of_a.dataset
            and sums.split is not distinct from of_a.split
            and sums.group_attribute = of_a.group_attribute
            and sums.group_a = of_a.group_name
    left join cluster_effects as of_b
        on
            sums.classifier = of_b.classifier
            and sums.dataset = of_b.dataset
            and sums.split is not distinct from of_b.split
            and sums.group_attribute = of_b.group_attribute
            and sums.group_b = of_b.group_name
),

-- one of nothing but right, or wrong, answers has no variance and tells nothing
measured as (
    select
        *,
        nullif(sqrt(greatest(conditional_difference * sato_p + sato_q, 0)) / weight, 0) / sqrt(worth)
            as error,
        for_a / nullif(for_b, 0) as odds_ratio,
        sqrt(
            p_for_a / nullif(2 * for_a ** 2, 0)
            + p_and_q / nullif(2 * for_a * for_b, 0)
            + q_for_b / nullif(2 * for_b ** 2, 0)
        ) / sqrt(worth) as log_error,
        chi_square_tail(excess ** 2 / nullif(excess_variance, 0) * worth, 1) as p_value
    from with_worth
),

ranked as (
    select
        *,
        count(p_value) over (
            partition by classifier, dataset, split, group_attribute, given
        ) as n_pairs,
        row_number() over (
            partition by classifier, dataset, split, group_attribute, given
            order by p_value asc nulls last, group_a asc, group_b asc
        ) as step
    from measured
),

corrected as (
    select
        *,
        if(
            p_value is null,
            null,
            max(least(1, (n_pairs - step + 1) * p_value)) over (
                partition by classifier, dataset, split, group_attribute, given
                order by step
                rows between unbounded preceding and current row
            )
        ) as p_value_holm
    from ranked
),

compared as (
    select
        *,
        accuracy_a - accuracy_b as difference,
        least(n_group_a, n_group_b) as n_smaller
    from corrected
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen_by(classifier, dataset, split) as seen,
    group_attribute,
    given,
    group_a,
    group_b,
    n_group_a::bigint as n_samples_a,
    n_group_b::bigint as n_samples_b,
    n_strata,
    n_compared,
    if_enough(accuracy_a, n_smaller) as accuracy_a,
    if_enough(accuracy_b, n_smaller) as accuracy_b,
    if_enough(difference, n_smaller) as difference,
    if_enough(conditional_difference, n_smaller) as conditional_difference,
    if_enough(conditional_difference - 1.959963984540054e0 * error, n_smaller) as ci_low,
    if_enough(conditional_difference + 1.959963984540054e0 * error, n_smaller) as ci_high,
    if_enough(p_value, n_smaller) as p_value,
    if_enough(p_value_holm, n_smaller) as p_value_holm,
    if_enough(odds_ratio, n_smaller) as odds_ratio,
    if_enough(odds_ratio * exp(-1.959963984540054e0 * log_error), n_smaller) as ci_low_odds_ratio,
    if_enough(odds_ratio * exp(1.959963984540054e0 * log_error), n_smaller) as ci_high_odds_ratio,
    -- what is 0 but for rounding has no sign
    if_enough(
        difference * conditional_difference < 0
        and least(abs(difference), abs(conditional_difference)) > 1e-12,
        n_smaller
    ) as is_reversed
from compared
