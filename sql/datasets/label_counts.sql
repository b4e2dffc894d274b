-- label_counts: how many samples have each label
-- grain: dataset, split, attribute, label
-- units: fraction in [0, 1] of the samples of the data set and split which have a label of the attribute
-- reads: kept_label_counts, current_label_counts
with counts as (
    select
        dataset,
        split,
        attribute,
        label,
        n_samples
    from kept_label_counts
    union all
    select
        dataset,
        split,
        attribute,
        label,
        n_samples
    from current_label_counts(false)
)

select
    dataset,
    split,
    attribute,
    label,
    n_samples,
    n_samples / sum(n_samples) over (partition by dataset, split, attribute) as fraction
from counts
