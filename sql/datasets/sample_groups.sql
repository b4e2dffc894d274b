-- sample_groups: the groups that a sample belongs to: all samples, its labels, and every pair and
-- triple of them
-- grain: sample, group_attribute, group_name
-- units: names; attributes of a pair or triple are in alphabetical order, joined by ' x '
-- reads: samples, labels
with attribute_labels as (
    select
        sample_id,
        attribute,
        label
    from labels
    where label is not null
),

pairs as (
    select
        one.sample_id,
        two.attribute as last_attribute,
        one.attribute || ' x ' || two.attribute as group_attribute,
        one.label || ' x ' || two.label as group_name
    from attribute_labels as one
    inner join attribute_labels as two
        on
            one.sample_id = two.sample_id
            and one.attribute < two.attribute
)

select
    sample_id,
    'overall' as group_attribute,
    'overall' as group_name
from samples
union all
select
    sample_id,
    attribute as group_attribute,
    label as group_name
from attribute_labels
union all
select
    sample_id,
    group_attribute,
    group_name
from pairs
union all
select
    pairs.sample_id,
    pairs.group_attribute || ' x ' || attribute_labels.attribute as group_attribute,
    pairs.group_name || ' x ' || attribute_labels.label as group_name
from pairs
inner join attribute_labels
    on
        pairs.sample_id = attribute_labels.sample_id
        and pairs.last_attribute < attribute_labels.attribute
