-- vector_keys: the key under which the vectors of a sample lie in the Lance tables
-- grain: sample
-- units: image_id, the SHA-256 of the content; where only the name of the file is known,
-- 'sample:' and data set and path
-- reads: samples
select
    sample_id,
    dataset,
    path,
    coalesce(image_id, 'sample:' || dataset || '/' || path) as vector_key
from samples
where error is null
