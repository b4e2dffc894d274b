-- weight_units: what is drawn as one when samples are drawn anew: a person, a picture with its copies, or a sample
-- grain: sample
-- units: unit is a number that tells units apart, half of the MD5 of data set and path, so that it is the same in every
-- store; samples of one unit always have the same weight
-- reads: samples, kept_sample_clusters
-- source: to draw clusters and not samples: Davison and Hinkley 1997, section 3.8; Field and Welsh 2007,
-- 10.1111/j.1467-9868.2007.00593.x
-- note: of samples of one person or picture in a split (see sample_clusters) it is the smallest path of all of them
select
    samples.sample_id,
    samples.dataset,
    samples.split,
    md5_number_lower(
        samples.dataset || chr(31) || coalesce(kept_sample_clusters.first_path, samples.path)
    ) as unit
from samples
left join kept_sample_clusters using (sample_id)
