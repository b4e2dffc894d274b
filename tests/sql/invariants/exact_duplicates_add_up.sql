-- exact_duplicates_add_up: an image has as many samples as it says, two or more
-- audits: exact_duplicates
-- reads: exact_duplicates, samples
-- todo: the view is wrong
with copies as (
    select
        image_id,
        count(*) as n_samples
    from samples
    where image_id is not null
    group by image_id
    having count(*) > 1
)

select
    coalesce(copies.image_id, exact_duplicates.image_id) as image_id,
    exact_duplicates.n_samples,
    copies.n_samples as n_samples_found,
    exact_duplicates.n_label_conflicts
from copies
full outer join exact_duplicates on copies.image_id = exact_duplicates.image_id
where
    copies.n_samples is distinct from exact_duplicates.n_samples
    or not coalesce(exact_duplicates.n_label_conflicts >= 0, false)
