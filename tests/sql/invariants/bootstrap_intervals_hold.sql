-- bootstrap_intervals_hold: what was drawn anew has the figure of now, within its interval, each once
-- audits: bootstrap_intervals, figures_to_bootstrap
-- reads: bootstrap_intervals, figures_to_bootstrap
-- todo: the view is wrong
select
    intervals.classifier,
    intervals.measure,
    intervals.value,
    figures.value as value_now
from bootstrap_intervals as intervals
left join figures_to_bootstrap as figures
    on
        intervals.classifier = figures.classifier
        and intervals.dataset = figures.dataset
        and intervals.split is not distinct from figures.split
        and intervals.group_attribute = figures.group_attribute
        and intervals.group_name = figures.group_name
        and intervals.measure = figures.measure
where
    intervals.attribute is distinct from figures.attribute
    or intervals.n_samples is distinct from figures.n_samples
    or coalesce(abs(intervals.n_effective - figures.n_effective) > 1e-9 * figures.n_effective, true)
    or coalesce(abs(intervals.value - figures.value) > 1e-9, true)
    or coalesce(intervals.ci_low not between 0 and intervals.value + 1e-9, true)
    or coalesce(intervals.ci_high < intervals.value - 1e-9, true)
    or (intervals.measure <> 'mae' and intervals.ci_high > 1)
    or coalesce(intervals.standard_error < 0, true)
    or coalesce(intervals.ci_low_percentile > intervals.ci_high_percentile, true)
    or coalesce(intervals.n_replicates < 2, true)
    or coalesce(intervals.seed < 0, true)
