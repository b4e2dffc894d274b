-- worst_by_group: Mistakes of each group
-- text: The same for each labelled group by itself, the first 3 of each, so that a group with few
-- mistakes is seen too.
-- empty: There is no wrong prediction.
-- show: shown
-- layout: blocks
-- head: path
-- fold: yes
-- the three worst of a group are among the three worst of each of its cells
with worst_of_cells as (
    select
        worst_predictions.*,
        sample_cells.cell
    from worst_predictions
    inner join sample_cells using (sample_id, dataset)
    qualify
        row_number() over (
            partition by worst_predictions.classifier, sample_cells.cell
            order by worst_predictions.rank
        ) <= 3
)

select
    worst_of_cells.dataset,
    worst_of_cells.split,
    worst_of_cells.attribute,
    worst_of_cells.classifier,
    cell_groups.group_attribute,
    cell_groups.group_name,
    worst_of_cells.rank,
    worst_of_cells.path,
    worst_of_cells.label,
    worst_of_cells.predicted,
    worst_of_cells.score,
    worst_of_cells.margin
from worst_of_cells
inner join cell_groups using (cell)
where
    not contains(cell_groups.group_attribute, ' x ')
    and cell_groups.group_attribute <> 'overall'
qualify
    row_number() over (
        partition by
            worst_of_cells.classifier,
            worst_of_cells.dataset,
            worst_of_cells.split,
            cell_groups.group_attribute,
            cell_groups.group_name
        order by worst_of_cells.rank
    ) <= 3
order by
    worst_of_cells.dataset,
    worst_of_cells.split,
    list_position(['gender', 'race', 'age'], worst_of_cells.attribute),
    worst_of_cells.attribute,
    worst_of_cells.classifier,
    list_position(['gender', 'race', 'age'], cell_groups.group_attribute),
    cell_groups.group_attribute,
    cell_groups.group_name,
    worst_of_cells.rank
