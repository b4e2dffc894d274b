-- faithfulness_gains_hold: every measured map has its seven rows, and each gain follows from two areas and the span
-- audits: faithfulness_gains
-- reads: faithfulness_gains, explanations
-- todo: the view is wrong
with counted as (
    select
        *,
        count(*) over (partition by explanation_id) as n_rows
    from faithfulness_gains
)

select
    coalesce(counted.explanation_id, explanations.explanation_id) as explanation_id,
    counted.measure,
    counted.whose,
    counted.against,
    counted.gain,
    counted.n_rows
from counted
full outer join (
    select *
    from explanations
    where explanations.faithfulness is not null
) as explanations using (explanation_id)
where
    counted.n_rows is distinct from 7
    or counted.sample_id is distinct from explanations.sample_id
    or (
        counted.measure = 'likeness'
        and counted.gain is distinct from explanations.faithfulness.likeness
    )
    or (
        counted.measure <> 'likeness'
        and (counted.gain is null) <> (counted.span = 0)
    )
    or not coalesce(
        abs(
            counted.gain * counted.span
            - if(counted.measure = 'insertion', 1, -1) * (counted.area - counted.other_area)
        ) < 1e-9,
        true
    )
    or (
        counted.measure = 'deletion'
        and counted.whose = 'trained'
        and counted.against = 'centre'
        and (
            counted.area is distinct from explanations.faithfulness.deletion.own
            or counted.other_area is distinct from explanations.faithfulness.deletion.centre
        )
    )
    or (
        counted.measure = 'insertion'
        and counted.whose = 'randomised'
        and (
            counted.area is distinct from explanations.faithfulness.insertion.randomised
            or counted.other_area is distinct from explanations.faithfulness.insertion.random
        )
    )
