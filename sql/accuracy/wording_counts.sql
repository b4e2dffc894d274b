-- wording_counts: how many samples every single wording of a prompt set gets right, and against how many others
-- grain: encoder, prompt_set, attribute, dataset, split, wording
-- units: n_prompts counts prompts of the wording; n_samples and n_correct count samples; n_paired and n_paired_correct
-- those that all wordings of the set judged which have similarities; n_against counts the wordings that are wrong where
-- this one is right, of all n_paired_correct samples
-- reads: wording_judgements, prompt_wordings, scored_prompts
-- note: sums over samples, so that they can be counted in parts
with sets as (
    select
        wording_number,
        dense_rank() over (order by prompt_set asc, attribute asc) as set_number
    from (
        select distinct
            prompt_set,
            attribute,
            wording_number
        from prompt_wordings
    ) as wordings
),

sizes as (
    select
        wording_number,
        count(*) as n_prompts
    from prompt_wordings
    group by wording_number
),

scored as (
    select
        scored_prompts.encoder_id,
        scored_prompts.dataset,
        scored_prompts.split,
        prompt_wordings.wording_number,
        count(*) as n_prompts
    from scored_prompts
    inner join prompt_wordings using (prompt_id)
    group by all
),

-- how many wordings can be judged: of an imported set some prompts may have no similarity at all
set_sizes as (
    select
        scored.encoder_id,
        scored.dataset,
        scored.split,
        sets.set_number,
        count(*) as n_wordings
    from scored
    inner join sizes using (wording_number, n_prompts)
    inner join sets using (wording_number)
    group by all
),

judged as materialized (
    select
        wording_judgements.encoder_id,
        sets.set_number,
        wording_judgements.wording_number,
        wording_judgements.sample_id,
        wording_judgements.prompt_set,
        wording_judgements.attribute,
        wording_judgements.taxonomy,
        wording_judgements.dataset,
        wording_judgements.split,
        wording_judgements.wording,
        wording_judgements.n_prompts,
        wording_judgements.is_correct
    from wording_judgements
    inner join sets using (wording_number)
),

paired as (
    select
        judged.encoder_id,
        judged.set_number,
        judged.sample_id,
        count(*) filter (where not judged.is_correct) as n_wrong,
        count(*) as n_judged
    from judged
    group by all
)

select
    judged.encoder_id,
    judged.prompt_set,
    judged.attribute,
    judged.taxonomy,
    judged.dataset,
    judged.split,
    judged.wording,
    judged.n_prompts,
    count(*) as n_samples,
    count(*) filter (where judged.is_correct) as n_correct,
    count(*) filter (where paired.n_judged = set_sizes.n_wordings) as n_paired,
    count(*) filter (
        where judged.is_correct and paired.n_judged = set_sizes.n_wordings
    ) as n_paired_correct,
    coalesce(
        sum(paired.n_wrong) filter (
            where judged.is_correct and paired.n_judged = set_sizes.n_wordings
        ),
        0
    )::bigint as n_against
from judged
inner join paired using (encoder_id, set_number, sample_id)
inner join set_sizes
    on
        judged.encoder_id = set_sizes.encoder_id
        and judged.set_number = set_sizes.set_number
        and judged.dataset = set_sizes.dataset
        and judged.split is not distinct from set_sizes.split
group by all
