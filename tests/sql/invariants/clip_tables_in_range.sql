-- clip_tables_in_range: accuracies by White and Non-White, and by race and gender, have their n and lie within their intervals
-- audits: accuracy_by_white, clip_table_3, clip_table_4, clip_table_5
-- reads: accuracy_by_white, clip_table_5
-- todo: the view is wrong
with cells as (
    select
        classifier,
        dataset,
        split,
        group_name,
        n_samples,
        n_correct,
        accuracy,
        ci_low,
        ci_high,
        1 as n_races,
        0 as n_races_too_small
    from accuracy_by_white
    union all
    select
        classifier,
        dataset,
        split,
        race || ' x ' || gender as group_name,
        n_samples,
        n_correct,
        accuracy,
        ci_low,
        ci_high,
        n_races,
        n_races_too_small
    from clip_table_5
)

select *
from cells
where
    n_samples is null
    or n_samples < if(accuracy is null, 0, 1)
    or n_correct is null
    or not (n_correct between 0 and n_samples)
    or not (accuracy between 0 and 1)
    or not (ci_low between 0 and accuracy + 1e-9)
    or not (ci_high between accuracy - 1e-9 and 1)
    or coalesce(n_races + n_races_too_small < 1, true)
    or coalesce(least(n_races, n_races_too_small) < 0, true)
    or (accuracy is null and n_races > 0 and group_name not in ('White', 'Non-White'))
    or (accuracy is not null and n_races = 0)
