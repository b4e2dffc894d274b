-- ranking_terms(of_all): what each sample adds to the average precision and the AUC of a classifier of two classes
-- grain: classifier, sample, class
-- units: precision_at is the share labelled as the class of those with the sample's score or a higher one; share_beaten the
-- share of those labelled otherwise that have a lower score, or of a sample that is one of these, of those labelled as the
-- class that have a higher one, ties count half; influence and influence_auc: by how much average precision and AUC would
-- change, were there more of such samples, a sample: over all samples each adds up to 0. NULL where all have one label
-- reads: two_class_scores, kept_sample_clusters
-- source: average precision as scikit-learn has it, equal scores at one threshold; influences: Jaeckel 1972, the infinitesimal
-- jackknife
-- note: cluster_number is the same of samples that are no independent observations (see sample_clusters); of_all as in
-- two_class_scores
with placed as (
    select
        *,
        count(*) over at_least as n_taken,
        count_if(is_positive) over at_least as n_found,
        count_if(is_positive) over alike as n_found_alike,
        count(*) over alike as n_alike,
        count(*) over whole as n_samples,
        count_if(is_positive) over whole as n_labelled
    from two_class_scores(of_all)
    window
        at_least as (partition by classifier_id, dataset, split, class order by score desc),
        alike as (partition by classifier_id, dataset, split, class, score),
        whole as (partition by classifier_id, dataset, split, class)
),

shares as (
    select
        *,
        if(n_labelled between 1 and n_samples - 1, n_found / n_taken, null) as precision_at,
        if(
            is_positive,
            1 - (n_taken - n_found - (n_alike - n_found_alike) / 2) / nullif(n_samples - n_labelled, 0),
            (n_found - n_found_alike / 2) / nullif(n_labelled, 0)
        ) as share_beaten
    from placed
),

-- a sample is among those taken at each threshold up to its own score
with_sums as (
    select
        *,
        avg(precision_at) filter (where is_positive) over whole as average_precision,
        avg(share_beaten) filter (where is_positive) over whole as auc,
        sum(if(is_positive, precision_at / n_taken, 0)) over at_most as lost,
        sum(if(is_positive, 1 / n_taken, 0)) over at_most as won
    from shares
    window
        at_most as (partition by classifier_id, dataset, split, class order by score),
        whole as (partition by classifier_id, dataset, split, class)
)

select
    with_sums.classifier_id,
    with_sums.classifier,
    with_sums.attribute,
    with_sums.taxonomy,
    with_sums.dataset,
    with_sums.split,
    with_sums.sample_id,
    coalesce(kept_sample_clusters.cluster_number, with_sums.sample_id) as cluster_number,
    with_sums.class,
    with_sums.is_positive,
    with_sums.score,
    with_sums.precision_at,
    with_sums.share_beaten,
    (if(is_positive, precision_at - average_precision + won, 0) - lost)
    / if(average_precision is null, null, n_labelled) as influence,
    (share_beaten - auc) / if(is_positive, n_labelled, n_samples - n_labelled) as influence_auc
from with_sums
left join kept_sample_clusters using (sample_id)
