-- judged_words_add_up: the bits of a classifier are as many as its judged and its right predictions
-- audits: judged_words
-- reads: judged_words, judged_predictions
-- todo: the view is wrong
with counted as (
    select
        classifier_id,
        dataset,
        split,
        count(*) as n_judged,
        count(*) filter (where is_correct) as n_right,
        sum(sample_id) filter (where is_correct) as sum_right
    from judged_predictions
    group by all
),

bits as (
    select
        judged_words.*,
        list_sum(
            list_transform(
                range(64),
                lambda i: if(
                    (judged_words.is_right >> i::ubigint) & 1 = 1, 64 * judged_words.word + i, 0
                )
            )
        ) as sum_right
    from judged_words
),

added as (
    select
        classifier_id,
        dataset,
        split,
        sum(bit_count(judged)) as n_judged,
        sum(bit_count(is_right)) as n_right,
        sum(sum_right) as sum_right,
        sum(bit_count(is_right & ~judged)) as n_right_only
    from bits
    group by all
)

select
    counted.classifier_id,
    counted.dataset,
    counted.split,
    counted.n_judged,
    added.n_judged as n_bits
from counted
full join added
    on
        counted.classifier_id = added.classifier_id
        and counted.dataset = added.dataset
        and counted.split is not distinct from added.split
where
    counted.n_judged is distinct from added.n_judged
    or counted.n_right is distinct from added.n_right
    or coalesce(counted.sum_right, 0) is distinct from added.sum_right
    or added.n_right_only is distinct from 0
