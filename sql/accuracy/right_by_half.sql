-- right_by_half: on how many samples a classifier is right, in two halves of them
-- grain: classifier, dataset, split
-- units: counts of samples; those of the first half are among n_judged and n_right
-- reads: judged_words, samples, kept_sample_clusters, numbered_splits, is_first_half
-- note: halves go by the MD5 of data set and path, as in best_k, so that they are the same in every store; samples of one
-- person or picture (see sample_clusters) are in one half. What is chosen
-- on one half is judged on the other one: nothing that is chosen on the samples it is judged on is as good as it looks
with halves as (
    select
        numbered_splits.split_number,
        samples.sample_id >> 6 as word,
        bit_or(
            is_first_half(
                samples.dataset, coalesce(kept_sample_clusters.first_path, samples.path)
            )::ubigint
            << (samples.sample_id & 63)::ubigint
        ) as first_half
    from samples
    left join kept_sample_clusters on samples.sample_id = kept_sample_clusters.sample_id
    inner join numbered_splits
        on
            samples.dataset = numbered_splits.dataset
            and samples.split is not distinct from numbered_splits.split
    group by all
)

select
    judged_words.classifier_id,
    judged_words.dataset,
    judged_words.split,
    sum(bit_count(judged_words.judged))::bigint as n_judged,
    sum(bit_count(judged_words.judged & halves.first_half))::bigint as n_judged_first,
    sum(bit_count(judged_words.is_right))::bigint as n_right,
    sum(bit_count(judged_words.is_right & halves.first_half))::bigint as n_right_first
from judged_words
inner join halves using (split_number, word)
group by all
