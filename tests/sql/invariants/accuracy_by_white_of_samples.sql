-- accuracy_by_white_of_samples: race as White and Non-White is judged alike by counts and sample by sample
-- audits: accuracy_by_white, judged_predictions_as
-- reads: accuracy_by_white, judged_predictions_as
-- todo: the view is wrong
with expected as (
    select
        classifier,
        dataset,
        split,
        label as group_name,
        count(*) as n_samples,
        count(*) filter (where is_correct) as n_correct
    from judged_predictions_as('CLIP-2')
    where attribute = 'race'
    group by all
),

found as (
    select *
    from accuracy_by_white
    where attribute = 'race'
)

select
    coalesce(expected.classifier, found.classifier) as classifier,
    coalesce(expected.group_name, found.group_name) as group_name,
    expected.n_samples,
    found.n_samples as n_found
from expected
full join found
    on
        expected.classifier = found.classifier
        and expected.dataset = found.dataset
        and expected.split is not distinct from found.split
        and expected.group_name = found.group_name
where
    expected.n_samples is distinct from found.n_samples
    or expected.n_correct is distinct from found.n_correct
