-- leakage_by_split: how many samples of a split show a picture that another split of the data set has, too
-- grain: dataset, split
-- units: counts of samples; leaking_share is a fraction of n_samples in [0, 1], counted and not estimated
-- reads: samples, split_leakage
-- note: the same bytes, or nearly the same within the setting duplicate_distance
with leaking as (
    select
        sample_id_a as sample_id,
        is_same_content
    from split_leakage
    union all
    select
        sample_id_b as sample_id,
        is_same_content
    from split_leakage
),

by_sample as (
    select
        sample_id,
        bool_or(is_same_content) as is_same_content
    from leaking
    group by sample_id
)

select
    samples.dataset,
    samples.split,
    count(*) as n_samples,
    count(by_sample.sample_id) as n_leaking,
    count(*) filter (where by_sample.is_same_content) as n_same_content,
    count(by_sample.sample_id) / count(*) as leaking_share
from samples
left join by_sample using (sample_id)
where samples.split is not null
group by all
