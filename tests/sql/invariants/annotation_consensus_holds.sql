-- annotation_consensus_holds: each annotated sample has the class that most say, or a tie, and counts that add up
-- audits: annotation_consensus
-- reads: annotation_consensus, annotations
-- todo: the view is wrong
with said as (
    select
        sample_id,
        attribute,
        label,
        sum(n) as n
    from annotations
    group by all
),

expected as (
    select
        sample_id,
        attribute,
        sum(n) as n_annotations,
        max(n) as n_agreed,
        count(*) as n_classes,
        list(label order by label) filter (where n = most) as labels
    from (
        select
            said.*,
            max(n) over (partition by sample_id, attribute) as most
        from said
    ) as with_most
    group by all
)

select
    sample_id,
    attribute,
    expected.labels,
    annotation_consensus.* exclude (sample_id, attribute)
from expected
full join annotation_consensus using (sample_id, attribute)
where
    annotation_consensus.n_annotations is distinct from expected.n_annotations
    or annotation_consensus.n_agreed is distinct from expected.n_agreed
    or annotation_consensus.n_classes is distinct from expected.n_classes
    or annotation_consensus.agreement is distinct from expected.n_agreed / expected.n_annotations
    or annotation_consensus.is_tie is distinct from len(expected.labels) > 1
    or annotation_consensus.label
    is distinct from if(len(expected.labels) > 1, null, expected.labels[1])
    or annotation_consensus.is_unanimous
    is distinct from (expected.n_agreed = expected.n_annotations and expected.n_annotations >= 2)
    or annotation_consensus.agreement_kind is distinct from if(
        expected.n_annotations = 1,
        'single',
        if(expected.n_agreed = expected.n_annotations, 'unanimous', 'divided')
    )
