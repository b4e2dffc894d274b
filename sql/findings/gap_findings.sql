-- gap_findings: the gap between groups of the main classifiers, what can be said of it, and the sentence that says it
-- grain: attribute, dataset, split, group_attribute
-- units: as in accuracy_gaps; verdict is 'clear' where the interval of the gap is above 0, else 'may be chance';
-- is_surest marks the gap with the highest lower limit among groups of one label
-- reads: main_classifiers, accuracy_gaps, as_percent, as_points, group_words
-- note: sentence claims no more than the interval does. Groups with fewer than min_samples samples (a setting of the
-- store) take no part
with gaps as (
    select
        accuracy_gaps.*,
        main_classifiers.accuracy,
        main_classifiers.is_named,
        accuracy_gaps.ci_low > 0 as is_clear,
        contains(accuracy_gaps.group_attribute, ' x ') as is_pair
    from main_classifiers
    inner join accuracy_gaps
        on
            main_classifiers.classifier = accuracy_gaps.classifier
            and main_classifiers.dataset = accuracy_gaps.dataset
            and main_classifiers.split is not distinct from accuracy_gaps.split
    where accuracy_gaps.n_groups > 1
)

select
    gaps.attribute,
    gaps.taxonomy,
    gaps.dataset,
    gaps.split,
    gaps.classifier,
    gaps.seen,
    gaps.group_attribute,
    gaps.n_groups,
    gaps.accuracy,
    gaps.worst_group,
    gaps.n_samples_worst,
    gaps.accuracy_worst,
    gaps.best_group,
    gaps.n_samples_best,
    gaps.accuracy_best,
    gaps.gap,
    gaps.ci_low,
    gaps.ci_high,
    gaps.tau,
    gaps.shrunken_gap,
    gaps.detectable_gap,
    if(gaps.is_clear, 'clear', 'may be chance') as verdict,
    coalesce(
        not gaps.is_pair
        and row_number() over (
            partition by gaps.attribute, gaps.dataset, gaps.split, gaps.is_pair
            order by gaps.ci_low desc, gaps.gap desc, gaps.group_attribute asc
        ) = 1,
        false
    ) as is_surest,
    if(
        gaps.is_clear,
        format(
            'Worst for {}: {}, {} points below {} ({} to {})',
            group_words(gaps.group_attribute, gaps.worst_group),
            as_percent(gaps.accuracy_worst),
            as_points(gaps.gap),
            group_words(gaps.group_attribute, gaps.best_group),
            as_points(gaps.ci_low),
            as_points(gaps.ci_high)
        ),
        format(
            'By {}: no gap that chance could not make ({} points, {} to {})',
            replace(gaps.group_attribute, ' x ', ' and '),
            as_points(gaps.gap),
            as_points(gaps.ci_low),
            as_points(gaps.ci_high)
        )
    ) as sentence
from gaps
