-- splits_keep_duplicates_together: no group of duplicates is in two of the splits that `facestore split` made
-- audits: dataset_splits, duplicate_groups
-- reads: dataset_splits, duplicate_groups, samples
-- todo: images came later, or the setting duplicate_distance changed: `facestore split --dataset DATASET --force`
select
    samples.dataset,
    duplicate_groups.group_id,
    list(distinct samples.split order by samples.split) as splits,
    min(samples.path) as first_path,
    max(samples.path) as last_path
from duplicate_groups
inner join samples on duplicate_groups.image_id = samples.image_id
inner join dataset_splits on samples.dataset = dataset_splits.dataset
group by samples.dataset, duplicate_groups.group_id
having count(distinct samples.split) > 1
