-- judged_both: what classifiers of both stores were right about, before and after, of the samples of both
with judged_before as materialized (
    select
        pairs.sample_id_after as sample_id,
        judged.classifier,
        judged.attribute,
        judged.split,
        judged.is_correct
    from pairs
    inner join other.judged_predictions as judged on pairs.sample_id_before = judged.sample_id
),

-- kept apart from the join below, which would else pair all classifiers with each other first
judged_after as materialized (
    select
        sample_id,
        classifier,
        attribute,
        dataset,
        split,
        is_correct
    from judged_predictions
)

select
    after.sample_id,
    after.classifier,
    after.attribute,
    after.dataset,
    after.split,
    after.is_correct as is_right_after,
    before.is_correct as is_right_before
from judged_after as after
inner join judged_before as before
    on
        after.sample_id = before.sample_id
        and after.classifier = before.classifier
        and after.attribute = before.attribute
        and after.split is not distinct from before.split
