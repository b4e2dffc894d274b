-- duplicate_pairs: Pictures that are there twice
-- text: Pairs of samples with the same picture, or nearly so, side by side: those whose labels differ first, then the
-- nearest; the first 100. Bits are those of perceptual hashes (64).
-- empty: No two files have the same picture, or nearly so.
-- layout: cards
-- head: path_a
-- fold: yes
with pairs as (
    select
        duplicate_pairs.sample_id_a,
        duplicate_pairs.sample_id_b,
        duplicate_pairs.distance,
        duplicate_pairs.is_same_content,
        count(label_conflicts.attribute) as n_conflicts
    from duplicate_pairs
    left join label_conflicts using (sample_id_a, sample_id_b)
    group by all
    order by n_conflicts > 0 desc, distance asc, sample_id_a asc, sample_id_b asc
    limit 100
),

of_pairs as (
    select sample_id_a as sample_id
    from pairs
    union
    select sample_id_b as sample_id
    from pairs
),

named as (
    select
        labels.sample_id,
        string_agg(
            labels.label, ', '
            order by list_position(['gender', 'race', 'age'], labels.attribute) asc, labels.attribute asc
        ) as labels
    from labels
    semi join of_pairs using (sample_id)
    where labels.label is not null
    group by labels.sample_id
),

conflicts as (
    select
        label_conflicts.sample_id_a,
        label_conflicts.sample_id_b,
        string_agg(
            format('{}: {} or {}', label_conflicts.attribute, label_conflicts.label_a, label_conflicts.label_b), '; '
            order by
                list_position(['gender', 'race', 'age'], label_conflicts.attribute) asc,
                label_conflicts.attribute asc
        ) as labels
    from label_conflicts
    semi join pairs using (sample_id_a, sample_id_b)
    group by all
)

select
    concat_ws(
        '; ',
        conflicts.labels,
        if(one.dataset <> two.dataset, 'in two data sets', null),
        if(one.dataset = two.dataset and one.split <> two.split, 'in two splits', null),
        case
            when pairs.is_same_content then 'same bytes'
            when pairs.distance = 0 then 'other bytes, the same picture'
            else format('{} of 64 bits', pairs.distance)
        end
    ) as what_differs,
    one.dataset as dataset_a,
    one.split as split_a,
    one.path as path_a,
    labels_a.labels as labels_a,
    two.dataset as dataset_b,
    two.split as split_b,
    two.path as path_b,
    labels_b.labels as labels_b,
    pairs.distance,
    pairs.is_same_content,
    one.image_id as image_id_a,
    two.image_id as image_id_b
from pairs
inner join samples as one on pairs.sample_id_a = one.sample_id
inner join samples as two on pairs.sample_id_b = two.sample_id
left join named as labels_a on pairs.sample_id_a = labels_a.sample_id
left join named as labels_b on pairs.sample_id_b = labels_b.sample_id
left join conflicts
    on
        pairs.sample_id_a = conflicts.sample_id_a
        and pairs.sample_id_b = conflicts.sample_id_b
order by
    pairs.n_conflicts > 0 desc,
    pairs.distance asc,
    pairs.sample_id_a asc,
    pairs.sample_id_b asc
