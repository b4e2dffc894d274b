-- worst_group_rivals_hold: the rival is the best of the others for the worst group, and its lead is not said to be surer than it is
-- audits: worst_group_rivals
-- reads: worst_group_rivals, gap_findings, accuracy_by_group
-- todo: the view is wrong
with best_of_others as (
    select
        gaps.classifier,
        gaps.dataset,
        gaps.split,
        max(others.accuracy) as accuracy
    from gap_findings as gaps
    inner join accuracy_by_group as others
        on
            gaps.attribute = others.attribute
            and gaps.dataset = others.dataset
            and gaps.split is not distinct from others.split
            and gaps.group_attribute = others.group_attribute
            and gaps.worst_group = others.group_name
            and gaps.n_samples_worst = others.n_samples
            and gaps.classifier <> others.classifier
    where gaps.is_surest and others.seen is null
    group by all
    having max(others.accuracy) is not null
)

select
    found.*,
    best_of_others.accuracy
from best_of_others
full outer join worst_group_rivals as found
    on
        best_of_others.classifier = found.classifier
        and best_of_others.dataset = found.dataset
        and best_of_others.split is not distinct from found.split
where
    found.accuracy_rival is distinct from best_of_others.accuracy
    or found.rival = found.classifier
    or found.n_rivals < 1
    or abs(found.accuracy_rival - found.accuracy_main - found.difference) > 1e-9
    or not found.difference between found.ci_low and found.ci_high
    or found.verdict
    is distinct from
    case
        when found.difference <= 0 then 'none'
        when found.ci_low > 0 then 'clear'
        else 'may be chance'
    end
    or contains(found.sentence, 'chance') is distinct from (found.verdict = 'may be chance')
