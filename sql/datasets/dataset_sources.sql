-- dataset_sources: every folder or file that a data set came from, as it was given
-- grain: dataset, source
-- units: n_runs counts the ingests of it that changed something; first_at and last_at, of these, are UTC
-- reads: datasets, runs
-- note: datasets.source is only the first one; is_first marks it. No run tells of imports
with given as (
    select
        arguments ->> '$.dataset' as dataset,
        arguments ->> '$.source' as source,
        started_at
    from runs
    where command = 'ingest'
),

everything as (
    select
        given.dataset,
        given.source,
        given.started_at
    from given
    inner join datasets using (dataset)
    where given.source is not null
    union all
    select
        dataset,
        source,
        null as started_at
    from datasets
    where source is not null
)

select
    everything.dataset,
    everything.source,
    bool_or(everything.source = datasets.source) as is_first,
    count(everything.started_at) as n_runs,
    min(everything.started_at) as first_at,
    max(everything.started_at) as last_at
from everything
inner join datasets using (dataset)
group by all
