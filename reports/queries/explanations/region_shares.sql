-- region_shares: Where the relevance lies, by group
-- text: The mean share of the positive relevance of a map in each third of the rows and in the centre of the
-- picture, with its 95 % t interval over samples. Relevance that is spread evenly gives 0.33 for a third
-- and 0.25 for the centre. n counts maps. Right and wrong are told apart where a classifier was asked.
select
    coalesce(classifier, encoder) as asked,
    method,
    target,
    dataset,
    split,
    outcome,
    group_attribute,
    group_name,
    region,
    n_samples,
    share,
    ci_low,
    ci_high
from region_shares_by_group
where
    region in ('top', 'middle', 'bottom', 'centre')
    and not contains(group_attribute, ' x ')
order by
    asked,
    method,
    target,
    dataset,
    split,
    outcome,
    list_position(['overall', 'gender', 'race', 'age'], group_attribute),
    group_attribute,
    group_name,
    list_position(['top', 'middle', 'bottom', 'centre'], region)
