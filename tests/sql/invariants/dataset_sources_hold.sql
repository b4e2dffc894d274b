-- dataset_sources_hold: every data set with a source has it, and no other one, as its first
-- audits: dataset_sources
-- reads: dataset_sources, datasets
-- todo: the view is wrong
select
    datasets.dataset,
    datasets.source,
    count(*) filter (where dataset_sources.is_first) as n_first,
    min(dataset_sources.n_runs) as fewest_runs
from datasets
left join dataset_sources on datasets.dataset = dataset_sources.dataset
where datasets.source is not null
group by datasets.dataset, datasets.source
having
    n_first <> 1
    or bool_or(dataset_sources.is_first <> (dataset_sources.source = datasets.source))
    or fewest_runs < 0
    or bool_or(dataset_sources.first_at > dataset_sources.last_at)
    or bool_or((dataset_sources.n_runs > 0) <> (dataset_sources.first_at is not null))
