-- bootstrap_intervals: intervals of figures that were drawn anew by `facestore bootstrap`
-- grain: classifier, dataset, split, group_attribute, group_name, measure
-- units: all figures are in years for mae, else fractions in [0, 1]; standard_error is the standard deviation over the
-- replicates; ci_low and ci_high: 95 % interval from it; ci_low_percentile and ci_high_percentile: the 2.5 % at each end of the
-- replicates, which cover less
-- reads: bootstraps, bootstrap_figures, figures_to_bootstrap, mean_limits, share_limits
-- note: a figure that changed since it was drawn, by other predictions, labels, samples or persons, is not here until
-- `facestore bootstrap` draws it again. Who has several pictures is drawn with all of them (see weight_units), so that the
-- replicates differ as they would with other people; n_effective is that of the figure
-- source: Efron and Tibshirani 1993, chapter 13; weights instead of rows: Hanley and MacGibbon 2006,
-- 10.1016/j.cmpb.2006.04.006
with limits as (
    select
        bootstrap_id,
        stddev(value) as standard_error,
        quantile_cont(value, 0.025) as ci_low_percentile,
        quantile_cont(value, 0.975) as ci_high_percentile
    from bootstrap_figures
    group by bootstrap_id
),

intervals as (
    select
        figures.classifier,
        figures.attribute,
        figures.dataset,
        figures.split,
        figures.group_attribute,
        figures.group_name,
        figures.measure,
        figures.n_samples,
        figures.value,
        limits.standard_error,
        if(
            figures.measure = 'mae',
            mean_limits(figures.value, 1.959963984540054e0 * limits.standard_error),
            share_limits(
                figures.value, figures.value, limits.standard_error ** 2, figures.n_effective
            )
        ) as ci,
        limits.ci_low_percentile,
        limits.ci_high_percentile,
        bootstraps.n_replicates,
        bootstraps.seed,
        figures.n_effective
    from bootstraps
    inner join limits using (bootstrap_id)
    inner join figures_to_bootstrap as figures
        on
            bootstraps.classifier_id = figures.classifier_id
            and bootstraps.dataset = figures.dataset
            and bootstraps.split is not distinct from figures.split
            and bootstraps.group_attribute = figures.group_attribute
            and bootstraps.group_name = figures.group_name
            and bootstraps.measure = figures.measure
    where
        bootstraps.n_samples = figures.n_samples
        and abs(bootstraps.n_effective - figures.n_effective) <= 1e-9 * figures.n_effective
        and abs(bootstraps.value - figures.value) <= 1e-9 * greatest(1, figures.value)
)

select
    * exclude (ci, n_effective),
    ci.low as ci_low,
    ci.high as ci_high,
    n_effective
from intervals
