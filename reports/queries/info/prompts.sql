-- prompts: Prompt sets
-- text: How many there are, with how many different prompts, and how many sets were scored whole.
with scored as (
    select prompt_sets.prompt_set
    from prompt_sets
    inner join prompt_set_members using (prompt_set)
    left join (select distinct prompt_id from similarities) as seen using (prompt_id)
    group by prompt_sets.prompt_set
    having count(*) = count(seen.prompt_id)
    union
    select prompt_set from streams
)

select
    (select count(*) from prompt_sets) as n_sets,
    (select count(distinct prompt_id) from prompt_set_members) as n_prompts,
    (select count(*) from scored) as n_scored,
    (select count(distinct prompt_set) from streams) as n_streamed
