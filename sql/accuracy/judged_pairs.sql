-- judged_pairs: what two classifiers of an attribute are right and wrong on together, counted
-- grain: split_number, classifier_id_a, classifier_id_b
-- units: counts of samples that both were judged on; split_number as in numbered_splits; the first of the two by name is a
-- reads: judged_words, classifiers
with words as materialized (
    select
        judged_words.*,
        classifiers.name as classifier,
        classifiers.attribute
    from judged_words
    inner join classifiers using (classifier_id)
)

-- by numbers: millions of words are met
select
    a.split_number,
    a.classifier_id as classifier_id_a,
    b.classifier_id as classifier_id_b,
    sum(bit_count(a.judged & b.judged))::bigint as n_samples,
    sum(bit_count(a.is_right & b.is_right))::bigint as n_both_right,
    sum(bit_count(a.is_right & b.judged))::bigint - n_both_right as n_only_a,
    sum(bit_count(b.is_right & a.judged))::bigint - n_both_right as n_only_b,
    n_samples - n_both_right - n_only_a - n_only_b as n_both_wrong
from words as a
inner join words as b
    on
        a.word = b.word
        and a.split_number = b.split_number
        and a.attribute = b.attribute
        and a.classifier < b.classifier
group by all
having n_samples > 0
