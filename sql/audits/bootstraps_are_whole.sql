-- bootstraps_are_whole: of each figure that was drawn anew all replicates are there, each once, and in range
-- audits: bootstraps, bootstrap_figures
-- reads: bootstraps, bootstrap_figures
-- todo: run `facestore bootstrap --seed N` with another seed, which draws all of them anew
with replicates as (
    select
        bootstrap_id,
        count(*) as n_rows,
        count(distinct replicate) as n_numbers,
        min(replicate) as first_replicate,
        max(replicate) as last_replicate,
        min(value) as lowest,
        max(value) as highest
    from bootstrap_figures
    group by bootstrap_id
),

checked as (
    select
        bootstraps.*,
        count(*) over (
            partition by
                bootstraps.classifier_id,
                bootstraps.dataset,
                bootstraps.split,
                bootstraps.group_attribute,
                bootstraps.group_name,
                bootstraps.measure
        ) as n_alike,
        coalesce(
            replicates.n_rows = bootstraps.n_replicates
            and replicates.n_numbers = bootstraps.n_replicates
            and replicates.first_replicate = 1
            and replicates.last_replicate = bootstraps.n_replicates,
            false
        ) as is_whole,
        least(bootstraps.value, replicates.lowest) as lowest,
        greatest(bootstraps.value, replicates.highest) as highest
    from bootstraps
    left join replicates using (bootstrap_id)
)

select
    bootstrap_id,
    measure,
    n_replicates
from checked
where
    n_alike > 1
    or not is_whole
    or seed < 0
    or n_samples < 1
    or measure not in ('balanced_accuracy', 'macro_f1', 'mae', 'within_8_years')
    or lowest < 0
    or not isfinite(highest)
    or (measure <> 'mae' and highest > 1)
