-- hash_components(max_distance): which perceptual hashes hang together by links of at most so many bits
-- grain: phash
-- units: component is the smallest hash of those which hang together; max_distance in bits, 0 to 12
-- reads: near_hashes
-- note: a hash without a link is not here. Each round passes the smallest hash on by one link, so that
-- there are as many rounds as the longest of the shortest chains has links
with recursive links as materialized ( -- noqa: PRS
    select
        hash_a as one,
        hash_b as two
    from near_hashes(max_distance)
    union all
    select
        hash_b as one,
        hash_a as two
    from near_hashes(max_distance)
),

components (phash, component) using key (phash) as (
    select distinct
        one as phash,
        one as component
    from links
    union
    select
        links.two as phash,
        min(components.component) as component
    from components
    inner join links on components.phash = links.one
    inner join recurring.components as known on links.two = known.phash
    where components.component < known.component
    group by links.two
)

select
    phash,
    component
from components
