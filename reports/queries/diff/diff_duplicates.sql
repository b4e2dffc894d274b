-- diff_duplicates: Duplicates and leakage before and after
-- text: Counts of pictures and pairs in the whole of each store, after those files that it holds. Nearly the
-- same is what the setting duplicate_distance of each store says.
-- head: what
with found as (
    select
        1 as place,
        'contents that several files have byte for byte' as what,
        (select count(*) from other.exact_duplicates) as n_before,
        (select count(*) from exact_duplicates) as n_after
    union all
    select
        2 as place,
        'groups of pictures that are the same or nearly so' as what,
        (select count(distinct group_id) from other.duplicate_groups) as n_before,
        (select count(distinct group_id) from duplicate_groups) as n_after
    union all
    select
        3 as place,
        'pictures in such a group' as what,
        (select count(*) from other.duplicate_groups) as n_before,
        (select count(*) from duplicate_groups) as n_after
    union all
    select
        4 as place,
        'pairs of such samples with different labels' as what,
        (select count(*) from other.label_conflicts) as n_before,
        (select count(*) from label_conflicts) as n_after
    union all
    select
        5 as place,
        'pairs of such samples in two splits of a data set' as what,
        (select count(*) from other.split_leakage) as n_before,
        (select count(*) from split_leakage) as n_after
    union all
    select
        6 as place,
        'pairs of such samples in two data sets' as what,
        (select count(*) from other.dataset_leakage) as n_before,
        (select count(*) from dataset_leakage) as n_after
    union all
    select
        7 as place,
        'pairs across splits or data sets that an encoder finds close' as what,
        (select count(*) from other.embedding_leakage) as n_before,
        (select count(*) from embedding_leakage) as n_after
    union all
    select
        8 as place,
        'samples that dedup leaves out of figures without duplicates' as what,
        (select count(*) from other.excluded_samples) as n_before,
        (select count(*) from excluded_samples) as n_after
)

select
    what,
    n_before,
    n_after,
    n_after - n_before as difference
from found
order by place
