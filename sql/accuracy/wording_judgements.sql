-- wording_judgements: what each single wording of a prompt set says of each sample, and whether it is right
-- grain: encoder, prompt_set, attribute, wording, sample
-- units: wording_number as in prompt_wordings; n_prompts counts the prompts of the wording; predicted in the taxonomy
-- of the labels; wording is the text of the prompt for the class of the lowest ordinal
-- reads: prompt_wordings, similarities, sample_labels, judged_as
-- note: where a wording has several prompts for a class, their mean cosine counts; a sample counts only
-- where all prompts of the wording have a similarity. A tie goes to the lowest ordinal: each class has a handicap of
-- 2^-40 times its ordinal
with sizes as (
    select
        prompt_set,
        attribute,
        wording,
        wording_number,
        count(*) as n_prompts
    from prompt_wordings
    group by all
),

-- by numbers: there are as many rows as similarities
pooled as (
    select
        similarities.encoder_id,
        prompt_wordings.wording_number,
        prompt_wordings.ordinal,
        similarities.sample_id,
        avg(similarities.cosine) as cosine,
        count(*) as n_prompts
    from similarities
    inner join prompt_wordings using (prompt_id)
    group by all
),

decided as (
    select
        encoder_id,
        wording_number,
        sample_id,
        sum(n_prompts) as n_prompts,
        arg_max(ordinal, cosine - ordinal / (1::bigint << 40)) as ordinal
    from pooled
    group by all
),

said as (
    select distinct
        wording_number,
        ordinal,
        class
    from prompt_wordings
)

select
    decided.encoder_id,
    sizes.prompt_set,
    sizes.attribute,
    sample_labels.taxonomy,
    sample_labels.dataset,
    sample_labels.split,
    sizes.wording,
    sizes.wording_number,
    sizes.n_prompts,
    decided.sample_id,
    sample_labels.label,
    judged_as(sample_labels.taxonomy, sample_labels.attribute, said.class) as predicted,
    judged_as(sample_labels.taxonomy, sample_labels.attribute, said.class)
    = sample_labels.label as is_correct
from decided
inner join sizes using (wording_number, n_prompts)
inner join said using (wording_number, ordinal)
inner join sample_labels
    on decided.sample_id = sample_labels.sample_id and sizes.attribute = sample_labels.attribute
