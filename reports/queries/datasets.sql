-- datasets: Data sets
-- text: The files of each data set and split. A sample is one file. Images counts
-- different contents: fewer than samples means exact copies, and 0 that only labels are known here.
-- Unreadable files are in no figure below. Sources are all folders or files that the data set came
-- from.
-- head: dataset
with sources as (
    select
        dataset,
        -- the folders above it are the machine's own and no business of a reader
        string_agg(
            regexp_extract(source, '[^/\\]+[/\\]*$'), ', ' order by is_first desc, first_at asc
        ) as source
    from dataset_sources
    group by dataset
)

select
    datasets.dataset,
    samples.split,
    count(samples.sample_id) as n_samples,
    count(distinct samples.image_id) as n_images,
    count(samples.error) as n_unreadable,
    datasets.layout,
    sources.source,
    datasets.added_at
from datasets
left join sources using (dataset)
left join samples using (dataset)
group by all
order by datasets.dataset, samples.split
