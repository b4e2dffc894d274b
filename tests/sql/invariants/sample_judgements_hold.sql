-- sample_judgements_hold: what is found by cell is what judged_predictions finds by label
-- audits: sample_judgements, judgements_by_cell, judgements_by_label, wrong_predictions, numbered_splits
-- reads: sample_judgements, wrong_predictions, numbered_splits, judged_predictions
-- todo: the view is wrong
with by_label as (
    select
        classifier_id,
        sample_id,
        dataset,
        split,
        attribute,
        label,
        predicted,
        is_correct,
        score,
        margin
    from judged_predictions
),

judgements as (
    select * exclude (split_number)
    from sample_judgements
),

wrong as (
    select
        classifier_id,
        sample_id,
        label,
        predicted,
        score,
        margin
    from by_label
    where not is_correct
),

differing as (
    (
        from by_label
        except all
        from judgements
    )
    union all
    (
        from judgements
        except all
        from by_label
    )
),

wrong_that_differ as (
    (
        from wrong
        except all
        from wrong_predictions
    )
    union all
    (
        from wrong_predictions
        except all
        from wrong
    )
)

select
    classifier_id,
    sample_id,
    'all' as of_what
from differing
union all
select
    classifier_id,
    sample_id,
    'wrong' as of_what
from wrong_that_differ
union all
select
    sample_judgements.classifier_id,
    sample_judgements.sample_id,
    'number' as of_what
from sample_judgements
anti join numbered_splits
    on
        sample_judgements.split_number = numbered_splits.split_number
        and sample_judgements.dataset = numbered_splits.dataset
        and sample_judgements.split is not distinct from numbered_splits.split
