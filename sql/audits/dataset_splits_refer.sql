-- dataset_splits_refer: splits were made of a data set that is known, and their fractions add up to 1
-- audits: dataset_splits
-- reads: dataset_splits, datasets
-- todo: `facestore split --dataset DATASET --force`
select
    dataset_splits.dataset,
    dataset_splits.splits,
    dataset_splits.fractions,
    dataset_splits.seed
from dataset_splits
left join datasets on dataset_splits.dataset = datasets.dataset
where
    datasets.dataset is null
    or len(dataset_splits.splits) <> len(dataset_splits.fractions)
    or len(list_distinct(dataset_splits.splits)) <> len(dataset_splits.splits)
    or not (abs(list_sum(dataset_splits.fractions) - 1) < 1e-9)
    or not (list_min(dataset_splits.fractions) > 0)
