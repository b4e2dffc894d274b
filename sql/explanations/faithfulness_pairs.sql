-- faithfulness_pairs: two models or methods by the faithfulness of their maps of the same pictures
-- grain: dataset, split, measure, asked_a, method_a, parameters_a, asked_b, method_b, parameters_b
-- units: gain_a and gain_b as gain of faithfulness_gains over a random order; difference is gain_a - gain_b, above 0 where a is
-- more faithful
-- reads: faithfulness_gains, samples, kept_sample_clusters, t_975
-- note: asked is a classifier, or an encoder that was asked about texts; of texts, only those count that both were asked about.
-- The mean is over n_clusters, as in faithfulness_by_group; ci_low and ci_high: 95 % t interval of the difference. Of many
-- pairs some differ by chance: an interval that leaves out 0 is one of a pair, not of all
with gains as materialized (
    select
        samples.dataset,
        samples.split,
        faithfulness_gains.measure,
        coalesce(faithfulness_gains.classifier, faithfulness_gains.encoder) as asked,
        faithfulness_gains.method,
        faithfulness_gains.parameters::varchar as parameters,
        faithfulness_gains.sample_id,
        -- what a classifier says differs between classifiers, and is one question
        if(faithfulness_gains.classifier_id is null, faithfulness_gains.target, '') as question,
        coalesce(kept_sample_clusters.cluster_number, samples.sample_id) as unit,
        avg(faithfulness_gains.gain) as gain
    from faithfulness_gains
    inner join samples using (sample_id)
    left join kept_sample_clusters using (sample_id)
    where
        faithfulness_gains.whose = 'trained'
        and faithfulness_gains.against = 'random'
        and faithfulness_gains.gain is not null
    group by all
),

shared as (
    select
        one.dataset,
        one.split,
        one.measure,
        one.asked as asked_a,
        one.method as method_a,
        one.parameters as parameters_a,
        other.asked as asked_b,
        other.method as method_b,
        other.parameters as parameters_b,
        one.unit,
        count(distinct one.sample_id) as n_of_unit,
        avg(one.gain) as unit_a,
        avg(other.gain) as unit_b
    from gains as one
    inner join gains as other
        on
            one.sample_id = other.sample_id
            and one.measure = other.measure
            and one.question = other.question
            and (one.asked, one.method, one.parameters) < (other.asked, other.method, other.parameters)
    group by all
),

means as (
    select
        * exclude (unit, n_of_unit, unit_a, unit_b),
        sum(n_of_unit)::bigint as n_samples,
        count(*) as n_clusters,
        avg(unit_a) as gain_a,
        avg(unit_b) as gain_b,
        avg(unit_a - unit_b) as difference,
        t_975(count(*) - 1) * stddev_samp(unit_a - unit_b) / sqrt(count(*)) as reach
    from shared
    group by all
)

select
    * exclude (reach),
    difference - reach as ci_low,
    difference + reach as ci_high
from means
