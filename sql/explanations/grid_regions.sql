-- grid_regions: which part of each cell of a grid lies in each region of the picture
-- grain: grid_rows, grid_cols, cell_row, cell_col, region
-- units: part is a fraction of the cell in [0, 1]; cells of which nothing lies in a region are left out for it
-- reads: explanations, picture_regions
-- note: the parts of a cell in the regions of one axis add up to 1, so that grids of any size can be compared
with grids as (
    select distinct
        grid_rows,
        grid_cols
    from explanations
),

every_row as (
    select
        grid_rows,
        grid_cols,
        unnest(range(1, grid_rows + 1)) as cell_row
    from grids
),

cells as (
    select
        grid_rows,
        grid_cols,
        cell_row,
        unnest(range(1, grid_cols + 1)) as cell_col
    from every_row
),

parts as (
    select
        cells.grid_rows,
        cells.grid_cols,
        cells.cell_row,
        cells.cell_col,
        picture_regions.axis,
        picture_regions.region,
        picture_regions.is_outside,
        greatest(
            0,
            least(cells.cell_row, picture_regions.row_high * cells.grid_rows)
            - greatest(cells.cell_row - 1, picture_regions.row_low * cells.grid_rows)
        )
        * greatest(
            0,
            least(cells.cell_col, picture_regions.col_high * cells.grid_cols)
            - greatest(cells.cell_col - 1, picture_regions.col_low * cells.grid_cols)
        ) as part_inside
    from cells
    cross join picture_regions
)

select
    grid_rows,
    grid_cols,
    cell_row,
    cell_col,
    axis,
    region,
    if(is_outside, 1 - part_inside, part_inside) as part
from parts
where if(is_outside, 1 - part_inside, part_inside) > 1e-12
