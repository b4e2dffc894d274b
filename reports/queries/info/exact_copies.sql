-- exact_copies: Exact copies
-- text: The same for stores that are too large to look for pictures which are nearly the same.
with contents as (
    select
        image_id,
        count(*) as n_samples
    from samples
    where image_id is not null
    group by image_id
    having count(*) > 1
)

select
    (select count(*) from contents) as n_exact,
    (select coalesce(sum(n_samples), 0)::bigint from contents) as n_exact_files,
    (select count(*) from excluded_samples) as n_left_out
