-- current_sample_cells(of_all): the cell of each sample, made now
-- grain: sample
-- units: cell is half of an MD5 over data set, split, whether it is left out, and labels of group_attributes
-- reads: datasets_to_count, kept_label_counts, current_label_counts, group_attributes, samples, labels, excluded_samples
-- note: two cells have one number by chance with a probability of n ** 2 / 2 ** 65, of which a million cells make
-- 3 in 100 million
with keys as (
    -- to digest each label of each sample would take as long as all the rest
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
        labels.sample_id,
        sum(keys.label_key) as label_keys
    from samples
    semi join datasets_to_count(of_all) as asked on samples.dataset = asked.dataset
    inner join labels on samples.sample_id = labels.sample_id
    inner join keys
        on
            labels.attribute = keys.attribute
            and labels.label = keys.label
    group by labels.sample_id
)

select
    samples.sample_id,
    samples.dataset,
    samples.split,
    excluded_samples.sample_id is not null as is_excluded,
    md5_number_lower(
        concat_ws(
            chr(31),
            samples.dataset,
            coalesce(samples.split, chr(30)),
            excluded_samples.sample_id is not null,
            labelled.label_keys
        )
    ) as cell
from samples
semi join datasets_to_count(of_all) as asked on samples.dataset = asked.dataset
left join excluded_samples on samples.sample_id = excluded_samples.sample_id
left join labelled on samples.sample_id = labelled.sample_id
