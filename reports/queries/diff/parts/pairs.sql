-- pairs: the samples that both stores have: of one data set and path, and of one content where both know it
select
    before.sample_id as sample_id_before,
    after.sample_id as sample_id_after
from other.samples as before
inner join samples as after
    on
        before.dataset = after.dataset
        and before.path = after.path
        and coalesce(before.image_id = after.image_id, true)
