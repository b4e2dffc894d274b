-- explanation_cells: the maps of explanations, one row a cell
-- grain: explanation_id, cell_row, cell_col
-- units: cell_row and cell_col from 1, from the top and from the left; relevance without unit
-- reads: explanations
select
    explanation_id,
    encoder_id,
    sample_id,
    method,
    target,
    grid_rows,
    grid_cols,
    (place - 1) // grid_cols + 1 as cell_row,
    (place - 1) % grid_cols + 1 as cell_col,
    relevance[place] as relevance
from (
    select
        *,
        unnest(range(1, len(relevance) + 1)) as place
    from explanations
) as places
