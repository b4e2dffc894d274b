-- faithfulness_groups: How faithful the maps are, by group
-- text: Gains over a random order of the same patches, as above, by group. A model whose maps are less faithful in one group is
-- less explained there; it need not be less right. The rank is among the models and methods of the group.
select
    coalesce(classifier, encoder) as asked,
    method,
    measure,
    dataset,
    split,
    group_attribute,
    group_name,
    n_samples,
    gain,
    ci_low,
    ci_high,
    rank
from faithfulness_by_group
where
    whose = 'trained'
    and against = 'random'
    and group_attribute <> 'overall'
    and not contains(group_attribute, ' x ')
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], group_attribute) asc,
    group_attribute asc,
    group_name asc,
    measure asc,
    rank asc,
    asked asc,
    method asc,
    parameters asc
