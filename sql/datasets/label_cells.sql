-- label_cells: how many samples there are in each cell of all labelled attributes together
-- grain: dataset, split, cell_attributes, cell
-- units: fraction in [0, 1] of the samples of the data set and split which have any label
-- reads: samples, labels
-- note: attributes of a cell are in alphabetical order, joined by ' x '; samples which lack a label
-- are in a cell of the attributes that they have
with cells as (
    select
        sample_id,
        string_agg(attribute, ' x ' order by attribute) as cell_attributes,
        string_agg(label, ' x ' order by attribute) as cell
    from labels
    where label is not null
    group by sample_id
)

select
    samples.dataset,
    samples.split,
    cells.cell_attributes,
    cells.cell,
    count(*) as n_samples,
    count(*) / sum(count(*)) over (partition by samples.dataset, samples.split) as fraction
from samples
inner join cells using (sample_id)
group by samples.dataset, samples.split, cells.cell_attributes, cells.cell
