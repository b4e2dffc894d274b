-- picture_regions: the fixed regions over which maps are pooled: thirds of the rows and of the columns, centre and border
-- grain: region
-- units: limits and area are fractions of the height, the width and the picture; those of border are what lies outside
-- reads:
-- note: the regions of one axis fill the picture once. They are places in the picture that the model was given,
-- not parts of a face: there are no landmarks. left and right are as one sees the picture
with regions as (
    select unnest(
        [
            {
                'axis': 'rows', 'region': 'top', 'ordinal': 1,
                'row_low': 0e0, 'row_high': 1e0 / 3, 'col_low': 0e0, 'col_high': 1e0
            },
            {
                'axis': 'rows', 'region': 'middle', 'ordinal': 2,
                'row_low': 1e0 / 3, 'row_high': 2e0 / 3, 'col_low': 0e0, 'col_high': 1e0
            },
            {
                'axis': 'rows', 'region': 'bottom', 'ordinal': 3,
                'row_low': 2e0 / 3, 'row_high': 1e0, 'col_low': 0e0, 'col_high': 1e0
            },
            {
                'axis': 'columns', 'region': 'left', 'ordinal': 4,
                'row_low': 0e0, 'row_high': 1e0, 'col_low': 0e0, 'col_high': 1e0 / 3
            },
            {
                'axis': 'columns', 'region': 'between', 'ordinal': 5,
                'row_low': 0e0, 'row_high': 1e0, 'col_low': 1e0 / 3, 'col_high': 2e0 / 3
            },
            {
                'axis': 'columns', 'region': 'right', 'ordinal': 6,
                'row_low': 0e0, 'row_high': 1e0, 'col_low': 2e0 / 3, 'col_high': 1e0
            },
            {
                'axis': 'depth', 'region': 'centre', 'ordinal': 7,
                'row_low': 0.25e0, 'row_high': 0.75e0, 'col_low': 0.25e0, 'col_high': 0.75e0
            },
            {
                'axis': 'depth', 'region': 'border', 'ordinal': 8,
                'row_low': 0.25e0, 'row_high': 0.75e0, 'col_low': 0.25e0, 'col_high': 0.75e0
            }
        ],
        max_depth := 2
    )
)

select
    axis,
    region,
    ordinal,
    region = 'border' as is_outside,
    row_low,
    row_high,
    col_low,
    col_high,
    if(
        region = 'border',
        1 - (row_high - row_low) * (col_high - col_low),
        (row_high - row_low) * (col_high - col_low)
    ) as area
from regions
