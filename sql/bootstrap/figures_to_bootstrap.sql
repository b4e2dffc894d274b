-- figures_to_bootstrap: the figures that can be drawn anew, as they are now: one long table
-- grain: classifier, dataset, split, group_attribute, group_name, measure
-- units: value is in years for mae, else a fraction in [0, 1]; n_samples counts the samples that it is of, which are
-- worth n_effective independent ones
-- reads: class_averages_by_group, age_errors, classifiers
with of_classes as (
    select * from class_averages_by_group
    unpivot (value for measure in (balanced_accuracy, macro_f1))
),

of_ages as (
    select * from age_errors
    unpivot (value for measure in (mae, within_8_years))
),

figures as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        group_name,
        measure,
        n_samples,
        value,
        n_effective
    from of_classes
    union all
    select
        classifier,
        dataset,
        split,
        group_attribute,
        group_name,
        measure,
        n_samples,
        value,
        n_effective
    from of_ages
)

select
    classifiers.classifier_id,
    figures.classifier,
    classifiers.attribute,
    figures.dataset,
    figures.split,
    figures.group_attribute,
    figures.group_name,
    figures.measure,
    figures.n_samples,
    figures.value,
    figures.n_effective
from figures
inner join classifiers on figures.classifier = classifiers.name
where figures.value is not null
