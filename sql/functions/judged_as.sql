-- judged_as(taxonomy_name, attribute_name, class_name): the class that a class is in a taxonomy
-- grain: scalar
-- units: a class name; one that has no class in the taxonomy keeps its name
-- reads: class_maps
select coalesce(
    (
        select class_maps.to_class
        from class_maps
        where
            class_maps.taxonomy = taxonomy_name
            and class_maps.attribute = attribute_name
            and class_maps.class = class_name
    ),
    class_name
)
