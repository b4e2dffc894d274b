-- age_errors_within(years): errors of predicted ages in years, and the share within a tolerance
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: mae (mean absolute error) and bias (predicted - true) in years; within_tolerance is a fraction
-- in [0, 1] of n_samples, with its 95 % Wilson interval; an error of just the tolerance counts
-- reads: predictions, classifiers, samples, labels, sample_groups, wilson_low, wilson_high
with errors as (
    select
        classifiers.name as classifier,
        samples.dataset,
        samples.split,
        predictions.sample_id,
        predictions.value - labels.value as error
    from predictions
    inner join classifiers on predictions.classifier_id = classifiers.classifier_id
    inner join samples on predictions.sample_id = samples.sample_id
    inner join labels
        on
            predictions.sample_id = labels.sample_id
            and classifiers.attribute = labels.attribute
    where
        classifiers.attribute = 'age'
        and predictions.value is not null
        and labels.value is not null
)

select
    errors.classifier,
    errors.dataset,
    errors.split,
    sample_groups.group_attribute,
    sample_groups.group_name,
    count(*) as n_samples,
    avg(abs(errors.error)) as mae,
    avg(errors.error) as bias,
    avg((abs(errors.error) <= years)::integer) as within_tolerance,
    wilson_low(count(*) filter (where abs(errors.error) <= years), count(*)) as ci_low,
    wilson_high(count(*) filter (where abs(errors.error) <= years), count(*)) as ci_high
from errors
inner join sample_groups on errors.sample_id = sample_groups.sample_id
group by
    errors.classifier,
    errors.dataset,
    errors.split,
    sample_groups.group_attribute,
    sample_groups.group_name
