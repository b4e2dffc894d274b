-- label_taxonomies: the taxonomy in which a data set gives its labels
-- grain: dataset, attribute
-- units: n_classes counts the classes that occur as a label
-- reads: label_counts, class_maps
-- note: of several taxonomies which have all the classes that occur the finest counts; labels which
-- are in none are 'as labelled'
with occurring as (
    select
        dataset,
        attribute,
        label,
        count(*) over (partition by dataset, attribute) as n_classes
    from label_counts
    group by dataset, attribute, label
),

taxonomy_classes as (
    select
        taxonomy,
        attribute,
        to_class,
        count(*) over (partition by taxonomy, attribute) as n_classes
    from class_maps
    group by taxonomy, attribute, to_class
),

fits as (
    select
        occurring.dataset,
        occurring.attribute,
        occurring.n_classes,
        taxonomy_classes.taxonomy,
        taxonomy_classes.n_classes as size,
        count(*) as n_found
    from occurring
    left join taxonomy_classes
        on
            occurring.attribute = taxonomy_classes.attribute
            and occurring.label = taxonomy_classes.to_class
    group by all
)

select
    dataset,
    attribute,
    n_classes,
    coalesce(
        arg_max(taxonomy, { 'size': size, 'name': taxonomy }) filter (
            where taxonomy is not null and n_found = n_classes
        ),
        'as labelled'
    ) as taxonomy
from fits
group by dataset, attribute, n_classes
