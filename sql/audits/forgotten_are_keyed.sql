-- forgotten_are_keyed: what was forgotten is there as digests by one key of the store
-- audits: forgotten, forgotten_key
-- reads: forgotten, forgotten_key
-- todo: restore the store from a copy; without the key, what was forgotten is not known again
select
    digest,
    kind,
    'no digest' as problem
from forgotten
where not regexp_full_match(digest, '[0-9a-f]{64}')
union all
select
    null as digest,
    null as kind,
    'no key, or more than one' as problem
from (select count(*) as n_keys from forgotten_key) as counted
where n_keys > 1 or (n_keys = 0 and exists (from forgotten))
union all
select
    null as digest,
    null as kind,
    'a key that is none' as problem
from forgotten_key
where not regexp_full_match(key, '[0-9a-f]{64}')
