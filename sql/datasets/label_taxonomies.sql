-- label_taxonomies: the taxonomy in which a data set gives its labels
-- grain: dataset, attribute
-- units: n_classes counts the classes that occur as a label
-- reads: label_counts, class_maps
-- note: of several taxonomies which have all the classes that occur the finest counts; labels which
-- are in none are 'as labelled'
with occurring as (
    select distinct
        dataset,
        attribute,
        label
    from label_counts
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
        taxonomy_classes.taxonomy,
        taxonomy_classes.n_classes,
        count(*) as n_found
    from occurring
    inner join taxonomy_classes
        on
            occurring.attribute = taxonomy_classes.attribute
            and occurring.label = taxonomy_classes.to_class
    group by all
),

sizes as (
    select
        dataset,
        attribute,
        count(*) as n_classes
    from occurring
    group by all
)

select
    sizes.dataset,
    sizes.attribute,
    sizes.n_classes,
    coalesce(
        arg_max(fits.taxonomy, { 'size': fits.n_classes, 'name': fits.taxonomy }), 'as labelled'
    ) as taxonomy
from sizes
left join fits
    on
        sizes.dataset = fits.dataset
        and sizes.attribute = fits.attribute
        and sizes.n_classes = fits.n_found
group by all
