-- copies: Copies
-- text: Contents that several files have, groups that are nearly the same, and pairs that leak.
with exact as (
    select
        count(*) as n_exact,
        coalesce(sum(n_samples), 0)::bigint as n_exact_files
    from exact_duplicates
)

select
    n_exact,
    n_exact_files,
    (select count(distinct group_id) from duplicate_groups) as n_groups,
    (select count(*) from label_conflicts) as n_conflicts,
    (select count(*) from split_leakage) as n_between_splits,
    (select count(*) from dataset_leakage) as n_between_datasets,
    (select count(*) from excluded_samples) as n_left_out
from exact
