-- yes_no_summary: prompts for several yes/no attributes as one task, as CelebA's forty: mAP and means over the attributes
-- grain: classifier, dataset, split
-- units: fractions, each the mean over attributes, which count the same: average precision and AUC of the positive class
-- over n_attributes less n_undefined, accuracies over all. ci_low and ci_high, ci_low_auc and ci_high_auc: 95 % intervals of
-- the first two for other samples and these attributes. n_samples is that of the attribute that has most; undefined names
-- the attributes without average precision, whose samples have one label alone or are too few; taxonomy is that of most
-- reads: yes_no_classifiers, ranking_terms, classifier_summary, encoders, logit_limits, if_enough
-- source: mean_average_precision of CLIP_benchmark, for data sets with several labels a picture
-- note: classifier is called as those of its attributes are, without attribute; attribute has the name of the data set. An
-- interval adds up for each sample, or each person, what it changes of all attributes, since these are of the same pictures
with terms as materialized (
    select
        members.task,
        members.classifier,
        terms.dataset,
        terms.split,
        terms.cluster_number,
        terms.is_positive,
        terms.precision_at,
        terms.share_beaten,
        terms.influence,
        terms.influence_auc,
        if_enough(true, count(*) over (partition by terms.classifier_id, terms.dataset, terms.split))
        and terms.influence is not null as is_defined
    from ranking_terms(false) as terms
    inner join yes_no_classifiers as members
        on
            terms.classifier_id = members.classifier_id
            and terms.class = members.positive
),

rankings as (
    select
        classifier,
        dataset,
        split,
        avg(precision_at) filter (where is_positive) as average_precision,
        avg(share_beaten) filter (where is_positive) as auc
    from terms
    where is_defined
    group by all
),

-- the same samples have all attributes: what they add is added up first
clusters as (
    select
        task,
        dataset,
        split,
        cluster_number,
        sum(influence) as influence,
        sum(influence_auc) as influence_auc
    from terms
    where is_defined
    group by all
),

variances as (
    select
        task,
        dataset,
        split,
        sum(influence ** 2) * count(*) / nullif(count(*) - 1, 0) as variance,
        sum(influence_auc ** 2) * count(*) / nullif(count(*) - 1, 0) as variance_auc
    from clusters
    group by all
),

means as (
    select
        members.task,
        members.encoder_id,
        members.prompt_set,
        members.aggregation,
        members.k,
        summary.dataset,
        summary.split,
        mode(summary.taxonomy) as taxonomy,
        min(summary.seen) as seen,
        max(summary.n_samples) as n_samples,
        count(*) as n_attributes,
        count(*) - count(rankings.average_precision) as n_undefined,
        list(members.attribute order by members.attribute) filter (where rankings.average_precision is null)
            as undefined,
        avg(summary.coverage) as coverage,
        avg(rankings.average_precision) as mean_average_precision,
        avg(rankings.auc) as mean_auc,
        avg(summary.accuracy) as mean_accuracy,
        avg(summary.accuracy_at_least) as mean_accuracy_at_least,
        avg(summary.balanced_accuracy) as mean_balanced_accuracy,
        avg(summary.chance_adjusted_accuracy) as mean_chance_adjusted_accuracy
    from yes_no_classifiers as members
    inner join classifier_summary as summary using (classifier)
    left join rankings
        on
            summary.classifier = rankings.classifier
            and summary.dataset = rankings.dataset
            and summary.split is not distinct from rankings.split
    group by all
),

limited as (
    select
        means.*,
        logit_limits(mean_average_precision, sqrt(variance) / (n_attributes - n_undefined)) as limits,
        logit_limits(mean_auc, sqrt(variance_auc) / (n_attributes - n_undefined)) as limits_auc
    from means
    left join variances
        on
            means.task = variances.task
            and means.dataset = variances.dataset
            and means.split is not distinct from variances.split
)

select
    limited.task as classifier,
    concat_ws(' ', encoders.architecture, encoders.pretrained) as model,
    limited.encoder_id,
    limited.prompt_set,
    limited.aggregation,
    limited.k,
    limited.dataset as attribute,
    limited.dataset,
    limited.split,
    limited.taxonomy,
    limited.seen,
    limited.n_samples,
    limited.n_attributes,
    limited.n_undefined,
    limited.undefined,
    limited.coverage,
    limited.mean_average_precision,
    limited.limits.low as ci_low,
    limited.limits.high as ci_high,
    limited.mean_auc,
    limited.limits_auc.low as ci_low_auc,
    limited.limits_auc.high as ci_high_auc,
    limited.mean_accuracy,
    limited.mean_accuracy_at_least,
    limited.mean_balanced_accuracy,
    limited.mean_chance_adjusted_accuracy
from limited
inner join encoders using (encoder_id)
