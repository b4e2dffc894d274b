-- k_choices: the best k of a curve, what is left of its accuracy when it is chosen on other samples, and whether k matters
-- grain: attribute, dataset, split, encoder, prompt_set
-- units: fractions; accuracy_min and accuracy_max are those of k_min and k_max; held_out_accuracy: each half of the samples
-- is judged with the k that is best on the other half; ci_low and ci_high: its 95 % interval; k_better and k_worse: the two
-- ks that differ most surely; p_value is theirs after Holm, NULL of a curve from similarities; verdict is 'clear' where k
-- matters, else 'may be chance'
-- reads: k_curves, best_k, right_by_half, classifiers, classifier_comparison, wilson_at, wilson_clustered, z_of_pairs
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10, with
-- Bonferroni's correction for the pairs
-- note: of imported and other predictions two ks are compared by McNemar's test, as in classifier_comparison. Ks from
-- similarities have no such test: the interval between the best and the worst is that of independent samples, which is
-- rather too wide. Of equally good ks the smallest counts. Intervals are of as many independent samples as k_curves has
with curves as materialized (
    select
        *,
        count(*) over curve as n_all,
        first_value(k) over (
            partition by encoder_id, prompt_set, attribute, dataset, split order by accuracy asc, k asc
        ) as k_min,
        first_value(k) over (
            partition by encoder_id, prompt_set, attribute, dataset, split order by accuracy desc, k asc
        ) as k_max
    from k_curves
    where group_attribute = 'overall' and n_ks > 1
    window curve as (partition by encoder_id, prompt_set, attribute, dataset, split)
),

ends as (
    select
        encoder_id,
        encoder,
        model,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        any_value(source) as source,
        any_value(seen) as seen,
        max(n_samples) as n_samples,
        count(*) as n_ks,
        any_value(k_min) as k_min,
        any_value(k_max) as k_max,
        any_value(accuracy) filter (where k = k_min) as accuracy_min,
        any_value(n_effective) filter (where k = k_min) as n_min,
        any_value(accuracy) filter (where k = k_max) as accuracy_max,
        any_value(n_effective) filter (where k = k_max) as n_max
    from curves
    group by all
),

limits as (
    select
        *,
        wilson_at(accuracy_min * n_min, n_min, z_of_pairs(n_ks * (n_ks - 1) // 2)) as of_min,
        wilson_at(accuracy_max * n_max, n_max, z_of_pairs(n_ks * (n_ks - 1) // 2)) as of_max
    from ends
),

tested as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        arg_min(
            {
                'better': if(difference >= 0, k_a, k_b),
                'worse': if(difference >= 0, k_b, k_a),
                'p': p_value_holm,
                'difference': abs(difference)
            },
            { 'p': p_value_holm, 'difference': -abs(difference), 'a': k_a, 'b': k_b }
        ) as surest
    from (
        select
            one.encoder_id,
            one.prompt_set,
            one.attribute,
            one.dataset,
            one.split,
            one.k as k_a,
            other.k as k_b,
            met.difference,
            met.p_value_holm
        from classifier_comparison as met
        inner join curves as one
            on
                met.classifier_a = one.classifier
                and met.dataset = one.dataset
                and met.split is not distinct from one.split
        inner join curves as other
            on
                met.classifier_b = other.classifier
                and met.dataset = other.dataset
                and met.split is not distinct from other.split
        where one.encoder_id = other.encoder_id and one.prompt_set = other.prompt_set
    ) as met
    group by all
),

halves as (
    select
        curves.encoder_id,
        curves.prompt_set,
        curves.attribute,
        curves.dataset,
        curves.split,
        curves.k,
        -- of each sample, where several show the same person
        curves.n_effective / curves.n_samples as worth,
        right_by_half.* exclude (classifier_id, dataset, split),
        first_value(curves.k) over (
            partition by curves.encoder_id, curves.prompt_set, curves.attribute, curves.dataset, curves.split
            order by right_by_half.n_right_first desc, curves.k asc
        ) as k_first,
        first_value(curves.k) over (
            partition by curves.encoder_id, curves.prompt_set, curves.attribute, curves.dataset, curves.split
            order by right_by_half.n_right - right_by_half.n_right_first desc, curves.k asc
        ) as k_second
    from curves
    inner join classifiers on curves.classifier = classifiers.name
    inner join right_by_half
        on
            classifiers.classifier_id = right_by_half.classifier_id
            and curves.dataset = right_by_half.dataset
            and curves.split is not distinct from right_by_half.split
),

chosen as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        any_value(k_first) as k_first,
        any_value(k_second) as k_second,
        sum(
            if(k = k_second, n_right_first, 0) + if(k = k_first, n_right - n_right_first, 0)
        ) as n_right,
        sum(
            if(k = k_second, n_judged_first, 0) + if(k = k_first, n_judged - n_judged_first, 0)
        ) as n_judged,
        min(worth) as worth,
        min(n_judged_first) > 0 and min(n_judged - n_judged_first) > 0 as has_halves
    from halves
    group by all
),

honest as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        k_first,
        k_second,
        if(has_halves, n_right / n_judged, null) as held_out_accuracy,
        if(has_halves, wilson_clustered(n_right, n_judged, n_judged * worth), null) as interval
    from chosen
    union all
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        k_of_first_half as k_first,
        k_of_second_half as k_second,
        held_out_accuracy,
        { 'low': ci_low, 'high': ci_high } as interval
    from best_k
)

select
    limits.encoder_id,
    limits.encoder,
    limits.model,
    limits.prompt_set,
    limits.attribute,
    limits.taxonomy,
    limits.dataset,
    limits.split,
    limits.source,
    limits.seen,
    limits.n_samples,
    limits.n_ks,
    limits.k_min,
    limits.accuracy_min,
    limits.k_max,
    limits.accuracy_max,
    honest.k_first as k_of_first_half,
    honest.k_second as k_of_second_half,
    honest.held_out_accuracy,
    honest.interval.low as ci_low,
    honest.interval.high as ci_high,
    coalesce(tested.surest.better, limits.k_max) as k_better,
    coalesce(tested.surest.worse, limits.k_min) as k_worse,
    coalesce(tested.surest.difference, limits.accuracy_max - limits.accuracy_min) as difference,
    tested.surest.p as p_value,
    case
        when tested.surest.p < 0.05 then 'clear'
        when
            limits.source = 'similarities'
            and limits.accuracy_max - limits.accuracy_min > sqrt(
                (limits.accuracy_max - limits.of_max.low) ** 2
                + (limits.of_min.high - limits.accuracy_min) ** 2
            )
            then 'clear'
        else 'may be chance'
    end as verdict
from limits
left join honest
    on
        limits.encoder_id = honest.encoder_id
        and limits.prompt_set = honest.prompt_set
        and limits.attribute = honest.attribute
        and limits.dataset = honest.dataset
        and limits.split is not distinct from honest.split
left join tested
    on
        limits.encoder_id = tested.encoder_id
        and limits.prompt_set = tested.prompt_set
        and limits.attribute = tested.attribute
        and limits.dataset = tested.dataset
        and limits.split is not distinct from tested.split
