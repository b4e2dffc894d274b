-- ranking_by_class: average precision and AUC of each class of classifiers of two classes
-- grain: classifier, dataset, split, class
-- units: fractions; n_labelled of n_samples are labelled as the class; average_precision is the mean over these of the share
-- labelled so among those with as high a score; auc as in auc_by_group, of all samples; ci_low and ci_high, ci_low_auc and
-- ci_high_auc: their 95 % intervals
-- reads: ranking_terms, logit_limits, if_enough, seen_by
-- source: average_precision_score and roc_auc_score of scikit-learn; intervals: infinitesimal jackknife (Jaeckel 1972) on the
-- logit scale, samples of one person or picture added up first
-- note: the score is the margin of the class over the other one (see two_class_scores). Where all samples have one label there
-- is neither, and with fewer than min_samples samples (a setting of the store) none is told. By chance average_precision is
-- n_labelled / n_samples, AUC 0.5: compare the first between classes of like shares alone. Of both there is no interval
-- where the samples show no variance, as of 0 and 1
with clusters as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        class,
        cluster_number,
        count(*) as n_samples,
        count_if(is_positive) as n_labelled,
        sum(precision_at) filter (where is_positive) as sum_precision,
        sum(share_beaten) filter (where is_positive) as sum_share,
        sum(influence) as influence,
        sum(influence_auc) as influence_auc
    from ranking_terms(true)
    group by all
),

measured as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        class,
        sum(n_samples)::bigint as n_samples,
        sum(n_labelled)::bigint as n_labelled,
        sum(sum_precision) / sum(n_labelled) as average_precision,
        sum(sum_share) / sum(n_labelled) as auc,
        count(*) / nullif(count(*) - 1, 0) as correction,
        logit_limits(average_precision, sqrt(sum(influence ** 2) * correction)) as limits,
        logit_limits(auc, sqrt(sum(influence_auc ** 2) * correction)) as limits_auc
    from clusters
    group by all
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen_by(classifier, dataset, split) as seen,
    class,
    n_samples,
    n_labelled,
    if_enough(average_precision, n_samples) as average_precision,
    if_enough(limits.low, n_samples) as ci_low,
    if_enough(limits.high, n_samples) as ci_high,
    if_enough(auc, n_samples) as auc,
    if_enough(limits_auc.low, n_samples) as ci_low_auc,
    if_enough(limits_auc.high, n_samples) as ci_high_auc
from measured
