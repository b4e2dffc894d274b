-- picture_regions_fill_the_picture: the regions of one axis cover the picture once, and each cell of every grid
-- audits: picture_regions, grid_regions
-- reads: picture_regions, grid_regions
-- todo: the view is wrong
select
    axis,
    null as cell_row,
    null as cell_col,
    sum(area) as total
from picture_regions
group by axis
having not (abs(sum(area) - 1) < 1e-9 and min(area) > 0)
union all
select
    axis,
    cell_row,
    cell_col,
    sum(part) as total
from grid_regions
group by
    axis,
    grid_rows,
    grid_cols,
    cell_row,
    cell_col
having not (abs(sum(part) - 1) < 1e-9 and min(part) > 0)
