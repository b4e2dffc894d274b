-- region_shares_by_group: mean share of the positive relevance in each region, by group and by right or wrong
-- grain: encoder, classifier_id, method, target, parameters, dataset, split, outcome, group_attribute, group_name, region
-- units: share, ci_low, ci_high, share_sd and area are fractions; ratio is share / area, 1 where relevance is spread evenly
-- reads: relevancy_by_region, samples, sample_groups, judged_predictions, kept_sample_clusters, if_enough, t_975
-- note: outcome is all, right or wrong; right and wrong are those of the classifier, where there is one and a label.
-- ci_low and ci_high are the 95 % t interval of the mean, over n_effective samples: a person, or a picture and its copies,
-- counts as one (see sample_clusters); NULL for a single one, and not cut to [0, 1].
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

outcomes as materialized (
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

means as materialized (
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
),

-- those which are not one by themselves
clustered as (
    select
        outcomes.encoder_id,
        outcomes.classifier_id,
        outcomes.method,
        outcomes.target,
        outcomes.parameters,
        outcomes.dataset,
        outcomes.split,
        outcomes.outcome,
        sample_groups.group_attribute,
        sample_groups.group_name,
        outcomes.region,
        kept_sample_clusters.cluster_number,
        count(*) as n_samples
    from outcomes
    inner join kept_sample_clusters using (sample_id)
    inner join sample_groups using (sample_id)
    where outcomes.share is not null
    group by all
),

-- for each sample, how many more of its cluster are there
more as (
    select
        * exclude (cluster_number, n_samples),
        sum(n_samples * (n_samples - 1)) as n_more
    from clustered
    group by all
),

sized as (
    select
        means.*,
        means.n_samples / (1 + coalesce(more.n_more, 0) / greatest(1, means.n_samples))
            as n_effective,
        -- whole, as they are for the quantile of t; 1e-9 is more than what is lost in a division
        floor(n_effective * (1 + 1e-9))::bigint - 1 as n_free
    from means
    left join more
        on
            means.encoder_id = more.encoder_id
            and means.classifier_id is not distinct from more.classifier_id
            and means.method = more.method
            and means.target = more.target
            and means.parameters = more.parameters
            and means.dataset = more.dataset
            and means.split is not distinct from more.split
            and means.outcome = more.outcome
            and means.group_attribute = more.group_attribute
            and means.group_name = more.group_name
            and means.region = more.region
),

limits as (
    select
        *,
        -- the standard deviation is of n_samples - 1 samples, and would be of n_effective - 1
        if(
            n_free > 0,
            t_975(n_free)
            * sd
            / sqrt(n_effective)
            * sqrt((n_samples - 1) * n_effective / (n_samples * (n_effective - 1))),
            null
        ) as reach
    from sized
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
    if_enough(mean_share - reach, n_samples) as ci_low,
    if_enough(mean_share + reach, n_samples) as ci_high,
    n_effective
from limits
