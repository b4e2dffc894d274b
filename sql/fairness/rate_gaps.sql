-- rate_gaps: how far apart the rates of the groups of an attribute are, one class against all others
-- grain: classifier, dataset, split, group_attribute, class, measure
-- units: rates, gap, ci_low and ci_high are fractions; ratio is the lowest rate by the highest; n_highest and n_lowest
-- count the denominators of the two. The interval is a 95 % one of the largest gap between any two groups, whichever
-- they are: ci_low is the largest of the lower limits of all pairs, ci_high the largest of the upper ones; ci_low_ratio
-- and ci_high_ratio, the smallest of each, are that of the smallest ratio. Below 0, or above 1 of a ratio, they say that
-- there may be no gap
-- reads: rates_by_group, predicted_shares, label_counts, cluster_effects, z_of_pairs, seen_by
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10, and for ratios
-- Walter 1975, 10.1093/biomet/62.2.371, with Bonferroni's correction for the pairs; measures: Hardt, Price and Srebro
-- 2016, arXiv 1610.02413; Feldman et al. 2015, arXiv 1412.3756; Chouldechova 2017, arXiv 1610.07524
-- note: measure is selection_rate (demographic parity), label_share (the same of the labels), true_positive_rate (equal
-- opportunity), false_positive_rate, positive_predictive_value, negative_predictive_value, or equalized_odds: the larger
-- gap of true and false positive rates, whose interval holds for both. A group without a denominator, or with fewer than
-- min_samples samples (a setting of the store), takes no part, and neither do groups of the attribute that is
-- predicted, as within one label a rate is 0, 1 or nothing. Where no sample of a split has a label of the attribute there
-- is the selection_rate alone, of all samples with a predicted class (predicted_shares), and no taxonomy. Where samples show the
-- same person intervals are of fewer ones (see cluster_effects): by the design effect of the group, and for shares as if
-- a person were one sample, since what is predicted or labelled hardly changes between pictures of one
with rates as materialized (
    select
        rates_by_group.*,
        coalesce(cluster_effects.n_effective / cluster_effects.n_samples, 1) as worth,
        coalesce(1 / cluster_effects.mean_cluster_size, 1) as worth_of_share
    from rates_by_group
    left join cluster_effects
        on
            rates_by_group.classifier = cluster_effects.classifier
            and rates_by_group.dataset = cluster_effects.dataset
            and rates_by_group.split is not distinct from cluster_effects.split
            and rates_by_group.group_attribute = cluster_effects.group_attribute
            and rates_by_group.group_name = cluster_effects.group_name
),

of_judged as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        group_attribute,
        group_name,
        class,
        unnest([
            {
                'measure': 'selection_rate',
                'part': 1,
                'n_yes': n_predicted,
                'n': n_samples,
                'worth': worth_of_share
            },
            {
                'measure': 'label_share',
                'part': 1,
                'n_yes': n_labelled,
                'n': n_samples,
                'worth': worth_of_share
            },
            {
                'measure': 'true_positive_rate',
                'part': 1,
                'n_yes': n_right,
                'n': n_labelled,
                'worth': worth
            },
            {
                'measure': 'false_positive_rate',
                'part': 1,
                'n_yes': n_predicted - n_right,
                'n': n_samples - n_labelled,
                'worth': worth
            },
            {
                'measure': 'equalized_odds',
                'part': 1,
                'n_yes': n_right,
                'n': n_labelled,
                'worth': worth
            },
            {
                'measure': 'equalized_odds',
                'part': 2,
                'n_yes': n_predicted - n_right,
                'n': n_samples - n_labelled,
                'worth': worth
            },
            {
                'measure': 'positive_predictive_value',
                'part': 1,
                'n_yes': n_right,
                'n': n_predicted,
                'worth': worth
            },
            {
                'measure': 'negative_predictive_value',
                'part': 1,
                'n_yes': n_samples - n_labelled - n_predicted + n_right,
                'n': n_samples - n_predicted,
                'worth': worth
            }
        ]) as of_measure
    from rates
    where
        group_attribute <> 'overall'
        and selection_rate is not null
        and not list_contains(string_split(group_attribute, ' x '), attribute)
),

-- where nothing is labelled shares are all there is
of_unlabelled as (
    select
        predicted_shares.classifier,
        predicted_shares.attribute,
        null as taxonomy,
        predicted_shares.dataset,
        predicted_shares.split,
        predicted_shares.group_attribute,
        predicted_shares.group_name,
        predicted_shares.predicted as class,
        {
            'measure': 'selection_rate',
            'part': 1,
            'n_yes': predicted_shares.n_predicted,
            'n': predicted_shares.n_samples,
            'worth': predicted_shares.n_effective / predicted_shares.n_samples
        } as of_measure
    from predicted_shares
    anti join label_counts
        on
            predicted_shares.dataset = label_counts.dataset
            and predicted_shares.split is not distinct from label_counts.split
            and predicted_shares.attribute = label_counts.attribute
    where
        predicted_shares.group_attribute <> 'overall'
        and predicted_shares.share is not null
),

shares as materialized (
    select * from of_judged
    union all
    select * from of_unlabelled
),

counted as (
    select
        * exclude (of_measure),
        of_measure.*,
        of_measure.n_yes / of_measure.n as rate,
        of_measure.n_yes * of_measure.worth as n_yes_worth,
        of_measure.n * of_measure.worth as n_worth,
        -- Walter adds half a sample, so that a rate of 0 has a logarithm
        ln((n_yes_worth + 0.5e0) / (n_worth + 0.5e0)) as log_rate,
        1 / (n_yes_worth + 0.5e0) - 1 / (n_worth + 0.5e0) as log_variance,
        count(*) over (
            partition by
                classifier,
                dataset,
                split,
                group_attribute,
                class,
                of_measure.measure,
                of_measure.part
        ) as n_groups
    from shares
    where of_measure.n > 0
),

-- a group has a pair with each other one: half of them are n_groups - 1 shared among the two
with_z as (
    select
        *,
        z_of_pairs(
            (sum(n_groups - 1) over (
                partition by classifier, dataset, split, group_attribute, class, measure
            ) / 2)::bigint
        ) as z
    from counted
    where n_groups > 1
),

-- how far Wilson's interval at this z reaches above and below a rate
reaches as (
    select
        *,
        (n_yes_worth + z ** 2 / 2 + z * sqrt(n_yes_worth * (1 - rate) + z ** 2 / 4)) / (n_worth + z ** 2)
        - rate as above,
        rate
        - (n_yes_worth + z ** 2 / 2 - z * sqrt(n_yes_worth * (1 - rate) + z ** 2 / 4)) / (n_worth + z ** 2)
            as below
    from with_z
),

-- by numbers, as there are hundreds of thousands of pairs: places are in the order of the names
placed as materialized (
    select
        *,
        dense_rank() over (
            order by classifier, dataset, split, group_attribute, class, measure
        ) as family,
        row_number() over (
            order by classifier, dataset, split, group_attribute, class, measure, group_name, part
        ) as place
    from reaches
),

pairs as (
    select
        one.family,
        one.part,
        one.place,
        other.place as lower_place,
        one.rate - other.rate as difference,
        other.log_rate - one.log_rate as log_ratio,
        one.z * sqrt(one.log_variance + other.log_variance) as log_reach,
        one.rate - other.rate - sqrt(one.below ** 2 + other.above ** 2) as limit_low,
        one.rate - other.rate + sqrt(one.above ** 2 + other.below ** 2) as limit_high
    from placed as one
    inner join placed as other
        on
            one.family = other.family
            and one.part = other.part
            and one.place <> other.place
),

widest as materialized (
    select
        family,
        max(part) > min(part) as has_parts,
        max(difference) as gap,
        max(limit_low) as ci_low,
        max(limit_high) as ci_high,
        exp(min(log_ratio - log_reach)) as ci_low_ratio,
        exp(min(log_ratio + log_reach)) as ci_high_ratio
    from pairs
    group by family
),

-- of several pairs the last by the names
named as (
    select
        pairs.family,
        max({ 'highest': pairs.place, 'lowest': pairs.lower_place }) as pair
    from pairs
    inner join widest
        on
            pairs.family = widest.family
            and pairs.difference = widest.gap
    group by pairs.family
)

select
    highest.classifier,
    highest.attribute,
    highest.taxonomy,
    highest.dataset,
    highest.split,
    highest.group_attribute,
    highest.class,
    highest.measure,
    seen_by(highest.classifier, highest.dataset, highest.split) as seen,
    highest.n_groups,
    highest.group_name as highest_group,
    highest.n as n_highest,
    highest.rate as rate_max,
    lowest.group_name as lowest_group,
    lowest.n as n_lowest,
    lowest.rate as rate_min,
    widest.gap,
    widest.ci_low,
    widest.ci_high,
    lowest.rate / nullif(highest.rate, 0) as ratio,
    if(lowest.rate = 0, 0, widest.ci_low_ratio) as ci_low_ratio,
    widest.ci_high_ratio
from widest
inner join named on widest.family = named.family
inner join placed as highest on named.pair.highest = highest.place
inner join placed as lowest on named.pair.lowest = lowest.place
where highest.measure <> 'equalized_odds' or widest.has_parts
