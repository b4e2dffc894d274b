-- kinds_of_datasets_hold: each data set with figures has the kind that is said of it, or of the last part of its name
-- audits: kinds_of_datasets
-- reads: kinds_of_datasets, dataset_kinds, datasets, published_figures
-- todo: the view is wrong
with named as (
    select dataset from datasets
    union distinct
    select dataset from published_figures
),

said as (
    select
        named.dataset,
        coalesce(
            (
                select kinds.kind from dataset_kinds as kinds
                where kinds.dataset = named.dataset
            ),
            (
                select kinds.kind from dataset_kinds as kinds
                where kinds.dataset = lower(regexp_extract(named.dataset, '[^/]*$'))
            ),
            'other'
        ) as kind
    from named
)

select
    coalesce(said.dataset, found.dataset) as dataset,
    said.kind as kind_said,
    found.kind
from said
full join kinds_of_datasets as found on said.dataset = found.dataset
where said.kind is distinct from found.kind
