-- classification_report_adds_up: supports and predictions of the classes both add up to the samples; fractions are in [0, 1]
-- and in their intervals
-- audits: classification_report
-- reads: classification_report, judged_predictions
-- todo: the view is wrong
with judged as (
    select
        classifier,
        dataset,
        split,
        count(*) as n_samples
    from judged_predictions
    group by classifier, dataset, split
),

totals as (
    select
        classifier,
        dataset,
        split,
        sum(support) as support,
        sum(n_predicted) as n_predicted
    from classification_report
    group by classifier, dataset, split
)

select
    coalesce(judged.classifier, totals.classifier) as classifier,
    coalesce(judged.dataset, totals.dataset) as dataset,
    coalesce(judged.split, totals.split) as split,
    null as class,
    totals.support,
    totals.n_predicted,
    judged.n_samples,
    null as precision,
    null as recall,
    null as f1
from judged
full outer join totals
    on
        judged.classifier = totals.classifier
        and judged.dataset = totals.dataset
        and judged.split is not distinct from totals.split
where
    judged.n_samples is distinct from totals.support
    or judged.n_samples is distinct from totals.n_predicted
union all
select
    classifier,
    dataset,
    split,
    class,
    support,
    n_predicted,
    null as n_samples,
    precision,
    recall,
    f1
from classification_report
where
    support is null
    or n_predicted is null
    or least(precision, recall, f1) < 0
    or greatest(precision, recall, f1) > 1
    or ci_low_precision > precision + 1e-9
    or ci_high_precision < precision - 1e-9
    or ci_low_recall > recall + 1e-9
    or ci_high_recall < recall - 1e-9
