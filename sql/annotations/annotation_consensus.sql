-- annotation_consensus: what most annotators say of a sample, and how far they agree
-- grain: sample, attribute
-- units: n_annotations, n_agreed (those who say the most frequent class) and n_classes (that somebody says) are counts;
-- agreement is n_agreed / n_annotations, in (0, 1]; agreement_kind is unanimous, divided or single
-- reads: annotations, samples
-- note: label is NULL in a tie (is_tie), where several classes have the most annotators: none is drawn. A single
-- annotation agrees with nothing, so is_unanimous is false there. Labels of the data set are in sample_labels
with said as (
    select
        sample_id,
        attribute,
        label,
        sum(n) as n_said
    from annotations
    group by all
),

most as (
    select
        sample_id,
        attribute,
        sum(n_said)::bigint as n_annotations,
        max(n_said)::bigint as n_agreed,
        count(*) as n_classes,
        min({ 'less': -n_said, 'label': label }).label as first_label,
        -- the second largest is as large only in a tie
        coalesce(max(n_said, 2)[2] = max(n_said), false) as is_tie
    from said
    group by all
)

select
    most.sample_id,
    samples.dataset,
    samples.split,
    samples.path,
    most.attribute,
    if(most.is_tie, null, most.first_label) as label,
    most.n_annotations,
    most.n_agreed,
    most.n_classes,
    most.n_agreed / most.n_annotations as agreement,
    most.n_classes = 1 and most.n_annotations > 1 as is_unanimous,
    most.is_tie,
    case
        when most.n_annotations = 1 then 'single'
        when most.n_classes = 1 then 'unanimous'
        else 'divided'
    end as agreement_kind
from most
inner join samples using (sample_id)
