-- age_errors_within(years): errors of predicted ages in years, and the share within a tolerance
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: mae (mean absolute error) and bias (predicted - true) in years; within_tolerance is a fraction
-- in [0, 1] of n_samples, with its 95 % Wilson interval; an error of just the tolerance counts
-- reads: predictions, classifiers, samples, labels, sample_groups, if_enough, group_accuracy, known_number
-- note: a group with fewer than min_samples samples (a setting of the store) has no rates
with errors as (
    select
        classifiers.name as classifier,
        samples.dataset,
        samples.split,
        predictions.sample_id,
        known_number(predictions.value) - known_number(labels.value) as error
    from predictions
    inner join classifiers using (classifier_id)
    inner join samples using (sample_id)
    inner join labels using (sample_id, attribute)
    where
        classifiers.attribute = 'age'
        and known_number(predictions.value) is not null
        and known_number(labels.value) is not null
),

groups as (
    select
        errors.classifier,
        errors.dataset,
        errors.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        group_accuracy(abs(errors.error) <= years) as figures,
        avg(abs(errors.error)) as mae,
        avg(errors.error) as bias
    from errors
    inner join sample_groups using (sample_id)
    group by all
)

select
    classifier,
    dataset,
    split,
    group_attribute,
    group_name,
    figures.n_samples,
    if_enough(mae, figures.n_samples) as mae,
    if_enough(bias, figures.n_samples) as bias,
    figures.accuracy as within_tolerance,
    figures.ci_low,
    figures.ci_high
from groups
