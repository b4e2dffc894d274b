-- label_counts_add_up: counts of an attribute add up to its labels, and their fractions to 1
-- audits: label_counts
-- reads: label_counts, labels, samples
-- todo: the view is wrong
with labelled as (
    select
        samples.dataset,
        samples.split,
        labels.attribute,
        count(*) as n_samples
    from labels
    inner join samples on labels.sample_id = samples.sample_id
    where labels.label is not null
    group by samples.dataset, samples.split, labels.attribute
),

counted as (
    select
        dataset,
        split,
        attribute,
        sum(n_samples) as n_samples,
        sum(fraction) as fraction
    from label_counts
    group by dataset, split, attribute
)

select
    coalesce(labelled.dataset, counted.dataset) as dataset,
    coalesce(labelled.split, counted.split) as split,
    coalesce(labelled.attribute, counted.attribute) as attribute,
    counted.n_samples,
    labelled.n_samples as n_labels,
    counted.fraction
from labelled
full outer join counted
    on
        labelled.dataset = counted.dataset
        and labelled.split is not distinct from counted.split
        and labelled.attribute = counted.attribute
where
    labelled.n_samples is distinct from counted.n_samples
    or not (abs(counted.fraction - 1) < 1e-9)
