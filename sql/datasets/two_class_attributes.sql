-- two_class_attributes: attributes of two classes, and which of the two is the positive one
-- grain: attribute
-- units: names; is_yes_no: whether the classes say that something is so, or is not
-- reads: classes
-- note: positive is yes, or true, present or 1, in any letter case; of other attributes the class that comes first in their
-- order, as Male of gender, which CelebA has for an attribute as well. Attributes with years are none
with named as (
    select
        attribute,
        class,
        ordinal,
        list_contains(['yes', 'true', 'present', '1'], lower(class)) as is_yes,
        list_contains(['no', 'false', 'absent', '0', '-1'], lower(class)) as is_no,
        low
    from classes
)

select
    attribute,
    arg_min(class, { 'is_other': not is_yes, 'ordinal': ordinal }) as positive,
    arg_max(class, { 'is_other': not is_yes, 'ordinal': ordinal }) as negative,
    count_if(is_yes) = 1 and count_if(is_no) = 1 as is_yes_no
from named
group by attribute
having count(*) = 2 and count(low) = 0
