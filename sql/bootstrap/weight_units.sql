-- weight_units: what is drawn as one when samples are drawn anew: each sample is a unit of its own
-- grain: sample
-- units: unit is a number that tells units apart, half of the MD5 of data set and path, so that it is the same in every
-- store; samples of one unit always have the same weight
-- reads: samples
select
    sample_id,
    dataset,
    split,
    md5_number_lower(dataset || chr(31) || path) as unit
from samples
