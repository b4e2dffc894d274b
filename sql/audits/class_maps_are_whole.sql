-- class_maps_are_whole: a class that others are merged into is a class of the taxonomy itself, and stays what it is
-- audits: class_maps
-- reads: class_maps
-- todo: add the missing rows to class_maps with `facestore sql --write`
select
    class_maps.taxonomy,
    class_maps.attribute,
    class_maps.class,
    class_maps.to_class,
    target.to_class as to_class_of_it
from class_maps
left join class_maps as target
    on
        class_maps.taxonomy = target.taxonomy
        and class_maps.attribute = target.attribute
        and class_maps.to_class = target.class
where class_maps.to_class is distinct from target.to_class
