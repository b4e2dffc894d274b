-- age_errors: Errors of ages
-- text: For classifiers that predict years: the mean absolute error (MAE) of each group with its 95 % interval. In the
-- table there are the bias (predicted minus true, so a positive one calls people too old) and the share within 8 years
-- with its 95 % Wilson interval, of n samples.
-- empty: No classifier predicts ages in years.
-- layout: blocks
-- head: group_name
select
    age_errors.dataset,
    age_errors.split,
    'age' as attribute,
    age_errors.classifier,
    age_errors.group_attribute,
    age_errors.group_name,
    age_errors.n_samples,
    age_errors.mae,
    age_errors.ci_low_mae,
    age_errors.ci_high_mae,
    age_errors.bias,
    age_errors.within_8_years,
    age_errors.ci_low,
    age_errors.ci_high
from age_errors
left join classes
    on
        age_errors.group_attribute = classes.attribute
        and age_errors.group_name = classes.class
where not contains(age_errors.group_attribute, ' x ')
order by
    age_errors.dataset,
    age_errors.split,
    age_errors.classifier,
    list_position(['overall', 'gender', 'race', 'age'], age_errors.group_attribute),
    age_errors.group_attribute,
    classes.ordinal,
    age_errors.group_name
