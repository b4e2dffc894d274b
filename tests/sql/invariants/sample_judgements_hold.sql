-- sample_judgements_hold: what is found by cell is what judged_predictions finds by label
-- audits: sample_judgements, wrong_predictions
-- reads: sample_judgements, wrong_predictions, judged_predictions
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

wrong as (
    select * exclude (is_correct)
    from by_label
    where not is_correct
),

differing as (
    (
        from by_label
        except all
        from sample_judgements
    )
    union all
    (
        from sample_judgements
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
