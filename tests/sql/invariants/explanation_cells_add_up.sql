-- explanation_cells_add_up: every cell of a map is there once, with the relevance that the map has
-- audits: explanation_cells
-- reads: explanation_cells, explanations
-- todo: the view is wrong
with found as (
    select
        explanation_id,
        count(*) as n_cells,
        count(distinct(cell_row - 1) * grid_cols + cell_col) as n_places,
        max(cell_row) as last_row,
        max(cell_col) as last_col,
        sum(relevance::double * ((cell_row - 1) * grid_cols + cell_col)) as moment
    from explanation_cells
    group by explanation_id
),

expected as (
    select
        explanation_id,
        grid_rows,
        grid_cols,
        list_sum(
            list_transform(range(1, len(relevance) + 1), lambda i: relevance[i]::double * i)
        ) as moment
    from explanations
)

select
    expected.explanation_id,
    expected.grid_rows,
    expected.grid_cols,
    found.n_cells,
    found.n_places,
    expected.moment as moment_expected,
    found.moment
from expected
left join found on expected.explanation_id = found.explanation_id
where
    found.n_cells is distinct from expected.grid_rows * expected.grid_cols
    or found.n_places <> found.n_cells
    or found.last_row <> expected.grid_rows
    or found.last_col <> expected.grid_cols
    or not abs(found.moment - expected.moment) <= 1e-6 * (1 + abs(expected.moment))
