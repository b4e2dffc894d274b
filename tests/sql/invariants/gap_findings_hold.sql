-- gap_findings_hold: gaps of the main classifiers as accuracy_gaps has them, called clear only where the interval is above 0
-- audits: gap_findings
-- reads: gap_findings, accuracy_gaps, main_classifiers
-- todo: the view is wrong
with expected as (
    select accuracy_gaps.*
    from accuracy_gaps
    inner join main_classifiers
        on
            accuracy_gaps.classifier = main_classifiers.classifier
            and accuracy_gaps.dataset = main_classifiers.dataset
            and accuracy_gaps.split is not distinct from main_classifiers.split
    where accuracy_gaps.n_groups > 1
),

found as (
    select
        *,
        max(ci_low) filter (where not contains(group_attribute, ' x ')) over kind as surest_low,
        count_if(is_surest) over kind as n_surest
    from gap_findings
    window kind as (partition by attribute, dataset, split)
)

select
    found.*,
    expected.gap as expected_gap
from expected
full outer join found
    on
        expected.classifier = found.classifier
        and expected.dataset = found.dataset
        and expected.split is not distinct from found.split
        and expected.group_attribute = found.group_attribute
where
    found.gap is distinct from expected.gap
    or found.worst_group is distinct from expected.worst_group
    or found.best_group is distinct from expected.best_group
    or found.accuracy_worst is distinct from expected.accuracy_worst
    or found.accuracy_best is distinct from expected.accuracy_best
    or found.n_samples_worst is distinct from expected.n_samples_worst
    or found.ci_low is distinct from expected.ci_low
    or found.ci_high is distinct from expected.ci_high
    or found.verdict is distinct from if(expected.ci_low > 0, 'clear', 'may be chance')
    or (found.is_surest and found.ci_low is distinct from found.surest_low)
    or (found.is_surest and contains(found.group_attribute, ' x '))
    or found.n_surest is distinct from if(found.surest_low is null, 0, 1)
    or starts_with(found.sentence, 'Worst for ') is distinct from (found.verdict = 'clear')
    or (found.verdict <> 'clear' and not contains(found.sentence, 'chance'))
