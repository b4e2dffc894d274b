-- sample_keys: a number a sample that is the same in every store: from its data set and path, not from its place in a table
-- grain: sample
-- units: sample_key: the later 64 bits of the MD5 of data set and path; weight: the first 56 of these, which can be multiplied
-- with numbers of 2 ** 58 and added a thousand million times
-- reads: samples
-- note: content_fingerprints adds up what it says of samples by these
select
    sample_id,
    dataset,
    md5_number_lower(dataset || chr(31) || path) as sample_key,
    (sample_key >> 8)::bigint as weight
from samples
