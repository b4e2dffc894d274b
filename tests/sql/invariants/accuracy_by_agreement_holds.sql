-- accuracy_by_agreement_holds: its kinds add up to all that is annotated and predicted, and rates follow from their counts
-- audits: accuracy_by_agreement
-- reads: accuracy_by_agreement, annotation_consensus, predictions, classifiers, sample_groups, if_enough
-- todo: the view is wrong
with recounted as (
    select
        classifiers.name as classifier,
        annotation_consensus.dataset,
        annotation_consensus.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        annotation_consensus.agreement_kind,
        count(*) as n_samples,
        count(*) filter (where annotation_consensus.is_tie) as n_ties
    from predictions
    inner join classifiers using (classifier_id)
    inner join annotation_consensus using (sample_id, attribute)
    inner join sample_groups using (sample_id)
    where predictions.predicted is not null
    group by all
),

with_all as (
    select * from recounted
    union all
    select
        * exclude (agreement_kind, n_samples, n_ties),
        'all' as agreement_kind,
        sum(n_samples) as n_samples,
        sum(n_ties) as n_ties
    from recounted
    group by all
),

kinds as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_correct) filter (where agreement_kind = 'all') as n_correct,
        sum(n_correct) filter (where agreement_kind <> 'all') as n_correct_of_kinds
    from accuracy_by_agreement
    group by all
)

select
    found.classifier,
    found.group_name,
    found.agreement_kind,
    'counts' as problem
from accuracy_by_agreement as found
full join with_all
    on
        found.classifier = with_all.classifier
        and found.dataset = with_all.dataset
        and found.split is not distinct from with_all.split
        and found.group_attribute = with_all.group_attribute
        and found.group_name = with_all.group_name
        and found.agreement_kind = with_all.agreement_kind
where
    found.n_samples is distinct from with_all.n_samples
    or found.n_ties is distinct from with_all.n_ties
    or found.n_judged is distinct from with_all.n_samples - with_all.n_ties
union all
select
    classifier,
    group_name,
    'all' as agreement_kind,
    'sum' as problem
from kinds
where n_correct is distinct from n_correct_of_kinds
union all
select
    classifier,
    group_name,
    agreement_kind,
    'rates' as problem
from accuracy_by_agreement
where
    not n_correct between 0 and n_judged
    or (accuracy is null) <> (if_enough(1, n_judged) is null or n_judged = 0)
    or not abs(accuracy - n_correct / n_judged) < 1e-9
    or coalesce(n_effective not between 0 and n_judged + 1e-9, true)
    or (ci_low is null) <> (accuracy is null)
    or (ci_high is null) <> (accuracy is null)
    or not ci_low between 0 and accuracy + 1e-9
    or not ci_high between accuracy - 1e-9 and 1
    or (drawn_accuracy is null) <> (if_enough(1, n_samples) is null)
    or (drawn_accuracy_max is null) <> (drawn_accuracy is null)
    or (ci_low_drawn is null) <> (drawn_accuracy is null)
    or (ci_high_drawn is null) <> (drawn_accuracy is null)
    or not drawn_accuracy between 0 and drawn_accuracy_max + 1e-9
    or not drawn_accuracy_max <= 1 + 1e-9
    or not ci_low_drawn between 0 and drawn_accuracy + 1e-9
    or not ci_high_drawn between drawn_accuracy - 1e-9 and 1
    -- where all say the same, one of them drawn does, too
    or (
        agreement_kind in ('unanimous', 'single')
        and not (abs(drawn_accuracy - accuracy) < 1e-9 and abs(drawn_accuracy_max - 1) < 1e-9)
    )
