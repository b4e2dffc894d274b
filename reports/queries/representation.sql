-- representation: Representation
-- text: How the share of each group compares with equal shares (1 in the column to uniform: just its
-- share) and with the largest group. The imbalance ratio is the largest group over the smallest. A
-- group without a sample is not here.
-- head: group_name
-- fold: yes
select
    representation.dataset,
    representation.split,
    representation.group_attribute,
    representation.group_name,
    representation.n_samples,
    representation.fraction,
    representation.ratio_to_uniform,
    representation.ratio_to_largest,
    representation.imbalance_ratio
from representation
left join classes
    on
        representation.group_attribute = classes.attribute
        and representation.group_name = classes.class
where not contains(representation.group_attribute, ' x ')
order by
    representation.dataset,
    representation.split,
    list_position(['gender', 'race', 'age'], representation.group_attribute),
    representation.group_attribute,
    classes.ordinal,
    representation.group_name
