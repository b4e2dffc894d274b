-- kinds_of_datasets: of what kind the data sets are that this store has figures of
-- grain: dataset
-- units: kind as dataset_kinds says it of the whole name, or else of its last part: tfds/cars is what cars is; other where it
-- says nothing
-- reads: dataset_kinds, datasets, published_figures
with named as (
    select dataset from datasets
    union distinct
    select dataset from published_figures
)

select
    named.dataset,
    coalesce(whole.kind, part.kind, 'other') as kind
from named
left join dataset_kinds as whole on named.dataset = whole.dataset
left join dataset_kinds as part on lower(list_extract(string_split(named.dataset, '/'), -1)) = part.dataset
