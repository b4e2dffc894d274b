-- faithfulness_by_group_holds: gains lie within their intervals, every measured sample is in overall, and ranks follow gains
-- audits: faithfulness_by_group
-- reads: faithfulness_by_group, faithfulness_gains, samples
-- todo: the view is wrong
with samples_of as (
    select
        faithfulness_gains.encoder_id,
        faithfulness_gains.classifier_id,
        faithfulness_gains.method,
        faithfulness_gains.parameters::varchar as parameters,
        samples.dataset,
        samples.split,
        faithfulness_gains.measure,
        faithfulness_gains.whose,
        faithfulness_gains.against,
        count(distinct faithfulness_gains.sample_id) filter (where faithfulness_gains.gain is not null) as n_with,
        count(distinct faithfulness_gains.sample_id) as n_measured
    from faithfulness_gains
    inner join samples using (sample_id)
    group by all
),

ranked as (
    select
        *,
        max(gain) over (
            partition by dataset, split, group_attribute, group_name, measure, whose, against
        ) as largest
    from faithfulness_by_group
)

select
    coalesce(ranked.encoder_id, samples_of.encoder_id) as encoder_id,
    ranked.measure,
    ranked.group_name,
    ranked.n_samples,
    ranked.n_without,
    ranked.n_clusters,
    ranked.gain,
    ranked.ci_low,
    ranked.ci_high,
    ranked.rank,
    samples_of.n_measured
from ranked
full outer join samples_of
    on
        ranked.group_attribute = 'overall'
        and ranked.encoder_id = samples_of.encoder_id
        and ranked.classifier_id is not distinct from samples_of.classifier_id
        and ranked.method = samples_of.method
        and ranked.parameters::varchar = samples_of.parameters
        and ranked.dataset = samples_of.dataset
        and ranked.split is not distinct from samples_of.split
        and ranked.measure = samples_of.measure
        and ranked.whose = samples_of.whose
        and ranked.against = samples_of.against
where
    ranked.n_samples is null
    or (
        ranked.group_attribute = 'overall'
        and (
            ranked.n_samples is distinct from samples_of.n_with
            or ranked.n_samples + ranked.n_without is distinct from samples_of.n_measured
        )
    )
    or ranked.n_clusters not between least(1, ranked.n_samples) and ranked.n_samples
    or not coalesce(ranked.ci_low <= ranked.gain and ranked.gain <= ranked.ci_high, true)
    or (ranked.ci_low is null) <> (ranked.ci_high is null)
    or (ranked.gain is not null and (ranked.ci_low is null) <> (ranked.n_clusters < 2))
    or (ranked.rank is null)
    <> (ranked.gain is null or ranked.whose = 'randomised' or ranked.measure = 'likeness')
    or (ranked.rank is not null and (ranked.rank = 1) <> (ranked.gain = ranked.largest))
