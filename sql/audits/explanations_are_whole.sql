-- explanations_are_whole: a map has rows x columns numbers, none is NaN, only lime speaks against a target, and what was
-- measured of it are numbers, too
-- audits: explanations
-- reads: explanations
-- todo: delete these rows with `facestore sql --write`; `facestore explain` makes them again
select
    explanation_id,
    method,
    target,
    score,
    grid_rows,
    grid_cols,
    len(relevance) as n_cells,
    r_squared,
    r_squared_left_out,
    faithfulness
from explanations
where
    not regexp_full_match(explanation_id, '[0-9a-f]{32}')
    or trim(target) = ''
    or not isfinite(score)
    or grid_rows < 1
    or grid_cols < 1
    or len(relevance) <> grid_rows * grid_cols
    or list_bool_or(list_transform(relevance, lambda x: x is null or not isfinite(x)))
    or (method <> 'lime' and list_min(relevance) < 0)
    or ((method = 'lime') <> (r_squared is not null))
    or ((method = 'lime') <> (r_squared_left_out is not null))
    or not coalesce(r_squared_left_out <= r_squared + 1e-9, true)
    or not coalesce(r_squared <= 1 + 1e-9 and isfinite(r_squared), true)
    or json_type(parameters) <> 'OBJECT'
    or (
        faithfulness is not null
        and not coalesce(
            faithfulness.seed >= 0
            and faithfulness.span >= 0
            and isfinite(faithfulness.span)
            and isfinite(
                faithfulness.deletion.own
                + faithfulness.deletion.random
                + faithfulness.deletion.centre
                + faithfulness.deletion.randomised
                + faithfulness.insertion.own
                + faithfulness.insertion.random
                + faithfulness.insertion.centre
                + faithfulness.insertion.randomised
            ),
            false
        )
    )
    or not coalesce(faithfulness.likeness between -1 - 1e-9 and 1 + 1e-9, true)
