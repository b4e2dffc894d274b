-- diff_samples: Samples
-- text: Files of each data set. Samples of the two stores are the same where data set and path are, and the
-- content (SHA-256) where both stores know it; only such samples are compared one by one below. n same path
-- counts paths with other contents: they are two samples, one removed and one added.
-- empty: Neither store has a sample.
-- head: dataset
with paths as (
    select
        coalesce(after.dataset, before.dataset) as dataset,
        before.sample_id is not null as is_before,
        after.sample_id is not null as is_after,
        before.image_id <> after.image_id as is_other_content,
        coalesce(before.split <> after.split, (before.split is null) <> (after.split is null))
            as is_other_split
    from other.samples as before
    full join samples as after using (dataset, path)
)

select
    dataset,
    count(*) filter (where is_before) as n_before,
    count(*) filter (where is_after) as n_after,
    count(*) filter (where is_before and is_after and is_other_content is not true) as n_same,
    count(*) filter (where is_before and (not is_after or is_other_content)) as n_removed,
    count(*) filter (where is_after and (not is_before or is_other_content)) as n_added,
    count(*) filter (where is_other_content) as n_same_path,
    count(*) filter (
        where is_before and is_after and is_other_content is not true and is_other_split
    ) as n_other_split
from paths
group by dataset
order by dataset
