-- duplicate_pairs: how many pairs there are, and how many of them have labels that differ
with pairs as (
    select count(*) as n from duplicate_pairs
),

differing as (
    select
        sample_id_a,
        sample_id_b
    from label_conflicts
    group by all
),

conflicts as (
    select count(*) as n from differing
)

select
    format(
        '{:,} {} of samples {} the same picture or nearly so, {} with labels that differ',
        pairs.n,
        if(pairs.n = 1, 'pair', 'pairs'),
        if(pairs.n = 1, 'has', 'have'),
        if(conflicts.n = 0, 'none', format('{:,}', conflicts.n))
    ) as sentence
from pairs, conflicts
where pairs.n > 0
