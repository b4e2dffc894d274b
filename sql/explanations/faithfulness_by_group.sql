-- faithfulness_by_group: how faithful the maps of each model and method are, by group, and their rank
-- grain: encoder, classifier_id, method, parameters, dataset, split, group_attribute, group_name, measure, whose, against
-- units: gain, ci_low and ci_high as gain of faithfulness_gains: 0 is what chance has; rank is from 1, the largest gain of
-- the maps themselves over the same order; NULL of the others
-- reads: faithfulness_gains, samples, sample_groups, kept_sample_clusters, if_enough, t_975
-- note: the mean over n_clusters: a person, or a picture and its copies, counts once, and so do all targets and pictures of it.
-- ci_low and ci_high: 95 % t interval of that mean. Samples where nothing moves the score, or whose map is the same everywhere,
-- are counted in n_without and are in no mean. Ranks of models that were asked about other pictures do not compare:
-- faithfulness_pairs has the same pictures
with gains as materialized (
    select
        faithfulness_gains.encoder_id,
        faithfulness_gains.encoder,
        faithfulness_gains.classifier_id,
        faithfulness_gains.classifier,
        faithfulness_gains.method,
        faithfulness_gains.parameters,
        samples.dataset,
        samples.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        faithfulness_gains.measure,
        faithfulness_gains.whose,
        faithfulness_gains.against,
        faithfulness_gains.sample_id,
        coalesce(kept_sample_clusters.cluster_number, samples.sample_id) as unit,
        faithfulness_gains.gain
    from faithfulness_gains
    inner join samples using (sample_id)
    inner join sample_groups using (sample_id)
    left join kept_sample_clusters using (sample_id)
),

units as (
    select
        * exclude (sample_id, gain),
        count(distinct sample_id) filter (where gain is not null) as n_of_unit,
        count(distinct sample_id) - n_of_unit as n_without_of_unit,
        avg(gain) as unit_gain
    from gains
    group by all
),

means as (
    select
        * exclude (unit, n_of_unit, n_without_of_unit, unit_gain),
        sum(n_of_unit)::bigint as n_samples,
        sum(n_without_of_unit)::bigint as n_without,
        count(unit_gain) as n_clusters,
        avg(unit_gain) as mean_gain,
        t_975(count(unit_gain) - 1) * stddev_samp(unit_gain) / sqrt(count(unit_gain)) as reach
    from units
    group by all
),

shown as (
    select
        * exclude (mean_gain, reach),
        if_enough(mean_gain, n_samples) as gain,
        if_enough(mean_gain - reach, n_samples) as ci_low,
        if_enough(mean_gain + reach, n_samples) as ci_high
    from means
)

select
    *,
    if(
        gain is null or whose <> 'trained' or measure = 'likeness',
        null,
        rank() over (
            partition by dataset, split, group_attribute, group_name, measure, whose, against
            order by gain desc nulls last
        )
    ) as rank
from shown
