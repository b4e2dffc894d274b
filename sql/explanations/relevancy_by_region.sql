-- relevancy_by_region: how much of the positive relevance of a map lies in each region of the picture
-- grain: explanation_id, region
-- units: share and area are fractions in [0, 1]; ratio is share / area, 1 where relevance is spread evenly
-- reads: explanations, explanation_cells, grid_regions, picture_regions, encoders, classifiers
-- note: the shares of one axis add up to 1. A cell that lies in two regions counts in each by its part. What
-- speaks against the target (lime) is left out; a map without positive relevance has NULL
with positive as (
    select
        explanation_cells.explanation_id,
        grid_regions.region,
        sum(grid_regions.part * greatest(explanation_cells.relevance::double, 0)) as relevance
    from explanation_cells
    inner join grid_regions using (grid_rows, grid_cols, cell_row, cell_col)
    group by all
),

totals as (
    select
        explanation_id,
        sum(greatest(relevance::double, 0)) as relevance
    from explanation_cells
    group by explanation_id
)

select
    explanations.explanation_id,
    explanations.encoder_id,
    encoders.name as encoder,
    explanations.classifier_id,
    classifiers.name as classifier,
    explanations.sample_id,
    explanations.method,
    explanations.target,
    explanations.parameters,
    picture_regions.axis,
    picture_regions.region,
    picture_regions.area,
    if(totals.relevance > 0, positive.relevance / totals.relevance, null) as share,
    if(
        totals.relevance > 0, positive.relevance / totals.relevance / picture_regions.area, null
    ) as ratio
from explanations
inner join positive using (explanation_id)
inner join totals using (explanation_id)
inner join picture_regions using (region)
inner join encoders using (encoder_id)
left join classifiers using (classifier_id)
