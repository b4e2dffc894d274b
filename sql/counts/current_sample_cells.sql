-- current_sample_cells(of_all): the cell of each sample, made now
-- grain: sample
-- units: cell is half of an MD5 over data set, split, whether it is left out, and labels of group_attributes
-- reads: datasets_to_count, kept_label_counts, current_label_counts, group_attributes, samples, labels, excluded_samples
-- note: two cells have one number by chance with a probability of n ** 2 / 2 ** 65, of which a million cells make
-- 3 in 100 million
with asked as materialized (
    select
        samples.sample_id,
        samples.dataset,
        samples.split
    from samples
    semi join datasets_to_count(of_all) as to_count on samples.dataset = to_count.dataset
),

-- by themselves first: to digest each label of each sample would take as long as all the rest
keys as (
    select
        occurring.attribute,
        occurring.label,
        md5_number_lower(concat_ws(chr(31), occurring.attribute, occurring.label))::hugeint
            as label_key
    from (
        select
            attribute,
            label
        from kept_label_counts
        union
        select
            attribute,
            label
        from current_label_counts(false)
    ) as occurring
    semi join group_attributes on occurring.attribute = group_attributes.attribute
),

labelled as (
    select
        asked.sample_id,
        sum(keys.label_key) as label_keys
    from asked
    inner join labels on asked.sample_id = labels.sample_id
    inner join keys
        on
            labels.attribute = keys.attribute
            and labels.label = keys.label
    group by asked.sample_id
)

select
    asked.sample_id,
    asked.dataset,
    asked.split,
    excluded_samples.sample_id is not null as is_excluded,
    md5_number_lower(
        concat_ws(
            chr(31),
            asked.dataset,
            coalesce(asked.split, chr(30)),
            excluded_samples.sample_id is not null,
            labelled.label_keys
        )
    ) as cell
from asked
left join excluded_samples on asked.sample_id = excluded_samples.sample_id
left join labelled on asked.sample_id = labelled.sample_id
