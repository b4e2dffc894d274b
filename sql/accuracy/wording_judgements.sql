-- wording_judgements: what each single wording of a prompt set says of each sample, and whether it is right
-- grain: encoder, prompt_set, attribute, wording, sample
-- units: n_prompts counts the prompts of the wording; predicted in the taxonomy of the labels; wording is the text of
-- the prompt for the class of the lowest ordinal
-- reads: prompt_wordings, similarities, sample_labels, judged_as
-- note: where a wording has several prompts for a class, their mean cosine counts; a sample counts only
-- where all prompts of the wording have a similarity; ties go to the lowest ordinal
with sizes as (
    select
        prompt_set,
        attribute,
        wording,
        count(*) as n_prompts
    from prompt_wordings
    group by all
),

pooled as (
    select
        similarities.encoder_id,
        prompt_wordings.prompt_set,
        prompt_wordings.attribute,
        prompt_wordings.wording,
        prompt_wordings.class,
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
        pooled.encoder_id,
        pooled.prompt_set,
        pooled.attribute,
        pooled.wording,
        pooled.sample_id,
        sizes.n_prompts,
        arg_max(pooled.class, { 'cosine': pooled.cosine, 'first': -pooled.ordinal }) as predicted
    from pooled
    inner join sizes using (prompt_set, attribute, wording)
    group by all
    having sum(pooled.n_prompts) = sizes.n_prompts
)

select
    decided.encoder_id,
    decided.prompt_set,
    decided.attribute,
    sample_labels.taxonomy,
    sample_labels.dataset,
    sample_labels.split,
    decided.wording,
    decided.n_prompts,
    decided.sample_id,
    sample_labels.label,
    judged_as(sample_labels.taxonomy, sample_labels.attribute, decided.predicted) as predicted,
    judged_as(sample_labels.taxonomy, sample_labels.attribute, decided.predicted)
    = sample_labels.label as is_correct
from decided
inner join sample_labels using (sample_id, attribute)
