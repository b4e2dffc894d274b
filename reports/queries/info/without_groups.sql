-- without_groups: Attributes without groups
-- text: One row: which attributes make groups, and how many labelled ones do not.
select
    list(distinct group_attributes.attribute order by group_attributes.attribute)
    filter (where group_attributes.attribute is not null) as attributes,
    count(distinct label_counts.attribute) - count(distinct group_attributes.attribute) as n_others
from label_counts
left join group_attributes using (attribute)
