-- attributes_are_no_groups: no attribute is called as all samples, a pair or triple of attributes or White and Non-White are
-- audits: classes
-- reads: classes
-- todo: give the attribute another name with `facestore sql --write`, wherever it is named
select distinct attribute
from classes
where
    attribute in ('overall', 'CLIP-2 race')
    or contains(attribute, ' x ')
