-- label_cells_add_up: the cells of a data set and split add up to its samples with a label, and their fractions to 1
-- audits: label_cells
-- reads: label_cells, labels, samples
-- todo: the view is wrong
with labelled as (
    select
        samples.dataset,
        samples.split,
        count(distinct labels.sample_id) as n_samples
    from labels
    inner join samples on labels.sample_id = samples.sample_id
    where labels.label is not null
    group by samples.dataset, samples.split
),

counted as (
    select
        dataset,
        split,
        sum(n_samples) as n_samples,
        sum(fraction) as fraction
    from label_cells
    group by dataset, split
)

select
    coalesce(labelled.dataset, counted.dataset) as dataset,
    coalesce(labelled.split, counted.split) as split,
    counted.n_samples,
    labelled.n_samples as n_samples_labelled,
    counted.fraction
from labelled
full outer join counted
    on
        labelled.dataset = counted.dataset
        and labelled.split is not distinct from counted.split
where
    labelled.n_samples is distinct from counted.n_samples
    or not (abs(counted.fraction - 1) < 1e-9)
