-- judged_words: on which samples a classifier was judged and on which it is right, 64 samples a number
-- grain: classifier, dataset, split, word
-- units: bit i of word w stands for the sample 64 w + i; judged has those that were judged, is_right those of them
-- which are right
-- reads: judgements_by_cell, judgements_by_label, numbered_splits
-- note: what two classifiers agree on is bit_count(one & other): pairs of classifiers cost no join of their samples
with judgements as (
    -- four columns of each part by name: the planner drags all of them through the union of sample_judgements
    select
        classifier_id,
        split_number,
        sample_id,
        is_correct
    from judgements_by_cell
    union all
    select
        classifier_id,
        split_number,
        sample_id,
        is_correct
    from judgements_by_label
),

words as (
    select
        classifier_id,
        split_number,
        sample_id >> 6 as word,
        bit_or(1::ubigint << (sample_id & 63)::ubigint) as judged,
        bit_or(is_correct::ubigint << (sample_id & 63)::ubigint) as is_right
    from judgements
    group by all
)

select
    words.classifier_id,
    numbered_splits.dataset,
    numbered_splits.split,
    words.split_number,
    words.word,
    words.judged,
    words.is_right
from words
inner join numbered_splits using (split_number)
