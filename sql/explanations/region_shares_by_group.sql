-- region_shares_by_group: mean share of the positive relevance in each region, by group and by right or wrong
-- grain: encoder, classifier_id, method, target, parameters, dataset, split, outcome, group_attribute, group_name, region
-- units: share, ci_low, ci_high, share_sd and area are fractions; ratio is share / area, 1 where relevance is spread evenly
-- reads: relevancy_by_region, samples, sample_groups, judged_predictions, if_enough, t_975
-- note: outcome is all, right or wrong; right and wrong are those of the classifier, where there is one and a label.
-- ci_low and ci_high are the 95 % t interval of the mean, over samples; NULL for a single one, and not cut to [0, 1].
-- Maps without positive relevance are counted in n_without and are in no mean
with shares as (
    select
        relevancy_by_region.*,
        samples.dataset,
        samples.split,
        case
            when judged_predictions.is_correct then 'right'
            when not judged_predictions.is_correct then 'wrong'
        end as judgement
    from relevancy_by_region
    inner join samples using (sample_id)
    left join judged_predictions using (classifier_id, sample_id)
),

outcomes as (
    select
        * exclude (judgement),
        'all' as outcome
    from shares
    union all by name
    select
        * exclude (judgement),
        judgement as outcome
    from shares
    where judgement is not null
),

means as (
    select
        outcomes.encoder_id,
        outcomes.encoder,
        outcomes.classifier_id,
        outcomes.classifier,
        outcomes.method,
        outcomes.target,
        outcomes.parameters,
        outcomes.dataset,
        outcomes.split,
        outcomes.outcome,
        sample_groups.group_attribute,
        sample_groups.group_name,
        outcomes.axis,
        outcomes.region,
        outcomes.area,
        count(outcomes.share) as n_samples,
        count(*) - count(outcomes.share) as n_without,
        avg(outcomes.share) as mean_share,
        stddev_samp(outcomes.share) as sd
    from outcomes
    inner join sample_groups using (sample_id)
    group by all
)

select
    encoder_id,
    encoder,
    classifier_id,
    classifier,
    method,
    target,
    parameters,
    dataset,
    split,
    outcome,
    group_attribute,
    group_name,
    axis,
    region,
    n_samples,
    n_without,
    area,
    if_enough(mean_share, n_samples) as share,
    if_enough(mean_share / area, n_samples) as ratio,
    if_enough(sd, n_samples) as share_sd,
    if_enough(mean_share - t_975(n_samples - 1) * sd / sqrt(n_samples), n_samples) as ci_low,
    if_enough(mean_share + t_975(n_samples - 1) * sd / sqrt(n_samples), n_samples) as ci_high
from means
