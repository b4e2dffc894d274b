-- duplicate_summary: What is there twice
-- text: Counts of pictures and pairs in the whole store. Nearly the same means perceptual hashes (64
-- bits) that differ in no more bits than the setting duplicate_distance, which is the last row.
-- head: what
-- fold: yes
with found as (
    select
        1 as place,
        'contents that several files have byte for byte' as what,
        count(*) as n
    from exact_duplicates
    union all
    select
        2 as place,
        'groups of pictures that are the same or nearly so' as what,
        count(distinct group_id) as n
    from duplicate_groups
    union all
    select
        3 as place,
        'pictures in such a group' as what,
        count(*) as n
    from duplicate_groups
    union all
    select
        4 as place,
        'pairs of such samples with different labels' as what,
        count(*) as n
    from label_conflicts
    union all
    select
        5 as place,
        'pairs of such samples in two splits of a data set' as what,
        count(*) as n
    from split_leakage
    union all
    select
        6 as place,
        'pairs of such samples in two data sets' as what,
        count(*) as n
    from dataset_leakage
    union all
    select
        7 as place,
        'pairs across splits or data sets that an encoder finds close' as what,
        count(*) as n
    from embedding_leakage
    union all
    select
        8 as place,
        'samples that dedup leaves out of figures without duplicates' as what,
        count(*) as n
    from excluded_samples
    union all
    select
        9 as place,
        'bits that may differ (duplicate_distance)' as what,
        value::bigint as n
    from settings
    where setting = 'duplicate_distance'
)

select
    what,
    n
from found
order by place
