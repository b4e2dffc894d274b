-- datasets_to_count(of_all): the data sets of which nothing is kept, or all of them
-- grain: dataset
-- units: names
-- reads: datasets, counted_datasets
-- note: where everything is kept there is none, and DuckDB then reads nothing of what is joined with it: after a semi
-- join, as an inner one may come last
select datasets.dataset
from datasets
anti join (
    select dataset
    from counted_datasets
    where not of_all
) as counted
    on datasets.dataset = counted.dataset
