-- replicate_keys(seed, first_replicate, last_replicate): the numbers that the weights of each replicate hang on
-- grain: replicate
-- units: replicate from 1; key_one and key_two are odd numbers of 32 bits, parts of an MD5 of seed and replicate
-- reads:
with numbered as (
    select
        replicate,
        md5_number_lower('replicate ' || seed || ' ' || replicate) as digest
    from unnest(range(first_replicate, last_replicate + 1)) as replicates (replicate)
)

select
    replicate::integer as replicate,
    (digest & 4294967295) | 1 as key_one,
    (digest >> 32) | 1 as key_two
from numbered
