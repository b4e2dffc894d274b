-- judged_words: on which samples a classifier was judged and on which it is right, 64 samples a number
-- grain: classifier, dataset, split, word
-- units: bit i of word w stands for the sample 64 w + i; judged has those that were judged, is_right those of them
-- which are right
-- reads: sample_judgements
-- note: what two classifiers agree on is bit_count(one & other): pairs of classifiers cost no join of their samples
select
    classifier_id,
    dataset,
    split,
    sample_id >> 6 as word,
    bit_or(1::ubigint << (sample_id & 63)::ubigint) as judged,
    coalesce(
        bit_or(1::ubigint << (sample_id & 63)::ubigint) filter (where is_correct), 0::ubigint
    ) as is_right
from sample_judgements
group by all
