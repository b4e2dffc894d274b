-- datasets: Data sets
-- text: A row a data set, with its splits and labelled attributes in words, and where it came from.
with files as (
    select
        dataset,
        count(*) as n_files,
        count(distinct image_id) as n_images,
        count(error) as n_unreadable,
        count(person_id) as n_of_people,
        count(distinct person_id) as n_people
    from samples
    group by dataset
),

split_words as (
    select
        dataset,
        string_agg(format('{} {:,}', coalesce(split, 'none'), n_samples), ', ' order by split) as splits
    from (
        select
            dataset,
            split,
            count(*) as n_samples
        from samples
        group by all
    ) as by_split
    group by dataset
    having count(split) > 0
),

label_words as (
    select
        counted.dataset,
        -- an attribute that not every file has is said with its number
        string_agg(
            if(
                counted.n_labelled = files.n_files,
                counted.attribute,
                format('{} {:,}', counted.attribute, counted.n_labelled)
            ),
            ', ' order by counted.attribute
        ) as labels
    from (
        select
            dataset,
            attribute,
            sum(n_samples)::bigint as n_labelled
        from label_counts
        group by all
    ) as counted
    inner join files using (dataset)
    group by counted.dataset
),

sources as (
    select
        dataset,
        list(source order by is_first desc, first_at asc, source asc) as sources
    from dataset_sources
    group by dataset
)

select
    datasets.dataset,
    coalesce(files.n_files, 0) as n_files,
    coalesce(files.n_images, 0) as n_images,
    coalesce(files.n_unreadable, 0) as n_unreadable,
    coalesce(files.n_of_people, 0) as n_of_people,
    coalesce(files.n_people, 0) as n_people,
    coalesce(split_words.splits, '') as splits,
    coalesce(label_words.labels, '') as labels,
    datasets.layout,
    coalesce(sources.sources, []) as sources
from datasets
left join files using (dataset)
left join split_words using (dataset)
left join label_words using (dataset)
left join sources using (dataset)
order by datasets.added_at, datasets.dataset
