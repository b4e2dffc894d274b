-- split_balance: Groups in each split
-- text: How many samples of each group a split has, and how many it would have if all splits were
-- alike.
-- empty: No data set has two splits or more.
-- command: facestore split --dataset NAME
-- head: group_name
-- fold: yes
select
    dataset,
    group_attribute,
    group_name,
    split,
    n_samples,
    n_expected,
    n_in_all_splits,
    is_too_small
from split_balance
where not contains(group_attribute, ' x ')
order by
    dataset,
    list_position(['gender', 'race', 'age'], group_attribute),
    group_attribute,
    group_name,
    split
