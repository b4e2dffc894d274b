-- label_conflicts: pairs of samples with the same image, or nearly the same, which have different labels
-- grain: attribute, sample_id_a, sample_id_b
-- units: distance in bits, 0 for the same bytes; years_apart where both have a number, for ages in years
-- reads: duplicate_pairs, samples, labels, label_taxonomies, judged_as
-- note: nearly the same within the setting duplicate_distance. Labels of two data sets differ only where
-- neither is the other one in the taxonomy of its data set (East Asian and Asian do not); numbers that
-- differ are a conflict, too. At least one of the two labels is wrong
with pairs as materialized (
    select * from duplicate_pairs
),

-- of samples that have a copy: else all pairs of labels of an attribute are made first; through a list, of which DuckDB
-- expects one row, so that it holds these few and not all labels in memory
copies as (
    select sample_id_a as sample_id
    from pairs
    union
    select sample_id_b as sample_id
    from pairs
),

paired as (
    select unnest(list(sample_id)) as sample_id
    from copies
),

taxonomies as (
    select
        samples.sample_id,
        samples.dataset,
        samples.split,
        samples.path,
        labels.attribute,
        labels.label,
        labels.value,
        label_taxonomies.taxonomy
    from labels
    semi join paired using (sample_id)
    inner join samples using (sample_id)
    left join label_taxonomies using (dataset, attribute)
),

compared as (
    select
        one.attribute,
        pairs.sample_id_a,
        pairs.sample_id_b,
        pairs.distance,
        pairs.is_same_content,
        one.dataset as dataset_a,
        one.split as split_a,
        one.path as path_a,
        two.dataset as dataset_b,
        two.split as split_b,
        two.path as path_b,
        one.label as label_a,
        two.label as label_b,
        abs(one.value - two.value) as years_apart,
        one.taxonomy as taxonomy_a,
        two.taxonomy as taxonomy_b
    from pairs
    inner join taxonomies as one on pairs.sample_id_a = one.sample_id
    inner join taxonomies as two
        on
            pairs.sample_id_b = two.sample_id
            and one.attribute = two.attribute
    where one.label <> two.label or one.value <> two.value
)

select
    attribute,
    sample_id_a,
    sample_id_b,
    distance,
    is_same_content,
    dataset_a,
    split_a,
    path_a,
    label_a,
    dataset_b,
    split_b,
    path_b,
    label_b,
    years_apart
from compared
where
    years_apart > 0
    or (
        judged_as(taxonomy_a, attribute, label_b) <> label_a
        and judged_as(taxonomy_b, attribute, label_a) <> label_b
    )
