-- ranking_skew(of_prompt, minus_prompt, of_attribute, first_k, seed): MaxSkew@k and NDKL of a ranking by prompts, beside their chance level
-- grain: encoder, dataset, split, group_attribute
-- units: max_skew is the largest logarithm of a group's share among the first k by its share in all; ndkl the mean over
-- ranks 1 to k of the Kullback-Leibler divergence (nats) of the shares up to there from those in all, weighted by 1 /
-- log2(rank + 1); both are 0 or more, 0 where all groups come evenly. max_skew_by_chance and ndkl_by_chance are their
-- means over 200 random orders of the same samples, those of one person or picture together (see sample_clusters),
-- max_skew_chance_95 and ndkl_chance_95 the 95 % quantiles
-- reads: ranked_by_prompts, kept_sample_clusters
-- source: Geyik, Ambler and Kenthapadi 2019, arXiv 1905.01989, definitions 3.2 and 3.4
-- note: arguments as in ranked_by_prompts; first_k, at least 1, is k; seed, any number, draws other orders. Chance alone
-- makes both larger the fewer come first and the more groups there are: a value below the quantile may be nothing else.
-- What holds of a ranking by a word for women holds of whom the data show: labels of gender differ between groups, too
with limits as (
    select if(first_k >= 1, first_k, error('first_k must be 1 or more, not ' || first_k)) as k
),

ranked as materialized (
    select * from ranked_by_prompts(of_prompt, minus_prompt, of_attribute)
),

group_sizes as (
    select
        encoder_id,
        encoder,
        dataset,
        split,
        group_attribute,
        group_name,
        count(*) as n_group
    from ranked
    group by all
),

-- numbers for names: all orders together are many rows
shares as materialized (
    select
        *,
        dense_rank() over (order by encoder_id, dataset, split) as ranking,
        row_number() over (order by encoder_id, dataset, split, group_name) as place,
        sum(n_group) over (partition by encoder_id, dataset, split) as n_samples,
        n_group / n_samples as share
    from group_sizes
),

members as materialized (
    select
        shares.ranking,
        shares.place,
        shares.share,
        shares.n_samples::double as n_samples,
        ranked.sample_id,
        ranked.rank,
        coalesce(kept_sample_clusters.cluster_number, ranked.sample_id) as drawn_as
    from ranked
    left join kept_sample_clusters using (sample_id)
    inner join shares
        on
            ranked.encoder_id = shares.encoder_id
            and ranked.dataset = shares.dataset
            and ranked.split is not distinct from shares.split
            and ranked.group_name = shares.group_name
),

-- how many come together at most
together as (
    select coalesce(max(n_samples), 1) as n_most
    from (
        select count(*) as n_samples
        from kept_sample_clusters
        group by cluster_number
    ) as clusters
),

lots as (
    select
        members.* exclude (rank),
        draws.draw,
        hash(members.drawn_as, draws.draw, seed) as lot
    from members
    cross join (select unnest(range(1, 201)) as draw) as draws
),

-- of a random order only what may come first is kept: k, and six standard deviations more
orders as (
    select
        ranking,
        place,
        share,
        0 as draw,
        rank
    from members
    union all
    select
        lots.ranking,
        lots.place,
        lots.share,
        lots.draw,
        row_number() over (
            partition by lots.ranking, lots.draw order by lots.lot, lots.sample_id
        ) as rank
    from lots
    cross join limits
    cross join together
    where
        lots.lot
        <= 18446744073709551615::double
        * (limits.k + 6 * sqrt(limits.k * together.n_most) + 20 * together.n_most)
        / lots.n_samples
),

counted as (
    select
        *,
        row_number() over (partition by ranking, draw, place order by rank) as n_of_group
    from orders
    where rank <= (select k from limits)
),

-- the divergence at a rank is sum(n ln n - n ln share) / rank - ln(rank), of which each sample adds what its
-- own group grows by
diverging as (
    select
        ranking,
        place,
        share,
        draw,
        rank,
        n_of_group,
        sum(
            n_of_group * ln(n_of_group)
            - (n_of_group - 1) * ln(greatest(n_of_group - 1, 1))
            - ln(share)
        ) over (partition by ranking, draw order by rank) / rank - ln(rank) as divergence
    from counted
),

measured as (
    select
        ranking,
        draw,
        count(*) as n_first,
        -- of each group the last sample has the largest number
        max({ 'ratio': n_of_group / share, 'place': place }) as largest,
        sum(divergence / log2(rank + 1)) / sum(1 / log2(rank + 1)) as ndkl
    from diverging
    group by all
),

with_skew as (
    select
        *,
        ln(largest.ratio / n_first) as max_skew
    from measured
),

beside_chance as (
    select
        ranking,
        max(n_first) as n_first,
        max(largest.place) filter (where draw = 0) as place,
        max(max_skew) filter (where draw = 0) as max_skew,
        avg(max_skew) filter (where draw > 0) as max_skew_by_chance,
        quantile_cont(max_skew, 0.95) filter (where draw > 0) as max_skew_chance_95,
        max(ndkl) filter (where draw = 0) as ndkl,
        avg(ndkl) filter (where draw > 0) as ndkl_by_chance,
        quantile_cont(ndkl, 0.95) filter (where draw > 0) as ndkl_chance_95
    from with_skew
    group by all
)

select
    shares.encoder_id,
    shares.encoder,
    shares.dataset,
    shares.split,
    shares.group_attribute,
    shares.n_samples::bigint as n_samples,
    beside_chance.n_first,
    shares.group_name as max_skew_group,
    beside_chance.* exclude (ranking, place, n_first)
from beside_chance
inner join shares using (ranking, place)
