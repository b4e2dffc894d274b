-- confusion_findings_hold: what labels are taken for, as the confusion matrix of the main classifiers has it
-- audits: confusion_findings
-- reads: confusion_findings, confusion_matrix, main_classifiers, if_enough, wilson_low, wilson_high
-- todo: the view is wrong
with expected as (
    select
        matrix.classifier,
        matrix.dataset,
        matrix.split,
        matrix.label,
        sum(matrix.n_samples)::bigint as n_samples,
        coalesce(sum(matrix.n_samples) filter (where matrix.label = matrix.predicted), 0) as n_right,
        coalesce(max(matrix.n_samples) filter (where matrix.label <> matrix.predicted), 0) as n_wrong
    from confusion_matrix as matrix
    inner join main_classifiers as main
        on
            matrix.classifier = main.classifier
            and matrix.dataset = main.dataset
            and matrix.split is not distinct from main.split
    group by all
    having sum(matrix.n_samples) > 0
)

select
    found.*,
    expected.n_right,
    expected.n_wrong
from expected
full outer join confusion_findings as found
    on
        expected.classifier = found.classifier
        and expected.dataset = found.dataset
        and expected.split is not distinct from found.split
        and expected.label = found.label
left join confusion_matrix as taken
    on
        found.classifier = taken.classifier
        and found.dataset = taken.dataset
        and found.split is not distinct from taken.split
        and found.label = taken.label
        and found.wrong_as = taken.predicted
where
    found.n_samples is distinct from expected.n_samples
    or found.fraction_right
    is distinct from if_enough(expected.n_right / expected.n_samples, expected.n_samples)
    or found.fraction_wrong
    is distinct from if_enough(expected.n_wrong / expected.n_samples, expected.n_samples)
    or found.ci_low
    is distinct from if_enough(wilson_low(expected.n_wrong, expected.n_samples), expected.n_samples)
    or found.ci_high
    is distinct from if_enough(wilson_high(expected.n_wrong, expected.n_samples), expected.n_samples)
    or coalesce(taken.n_samples, 0) is distinct from expected.n_wrong
    or (found.wrong_as is null) is distinct from (expected.n_wrong = 0)
    or (found.verdict = 'less often') is distinct from (expected.n_wrong <= expected.n_right)
    or found.verdict not in ('less often', 'may be chance', 'clear')
    or (found.sentence is null) is distinct from (found.fraction_right is null)
