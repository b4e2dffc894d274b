-- ranked_by_prompts(of_prompt, minus_prompt, of_attribute): labelled samples in the order of a similarity, or of a difference of two
-- grain: encoder, dataset, split, sample
-- units: difference is the cosine to of_prompt less that to minus_prompt, in [-2, 2]; rank from 1, the largest first
-- reads: similarities, prompts, encoders, samples, sample_cells, cell_groups
-- note: prompts by their text; minus_prompt NULL: by the cosine to of_prompt alone. of_attribute names one of
-- group_attributes, a pair or triple, or 'overall'; samples that lack a label of it are not ranked. Equal ones go by path.
-- Scores without cosines (see streams) cannot be ranked
with first_prompt as (
    select prompt_id
    from prompts
    where text = of_prompt
),

second_prompt as (
    select prompt_id
    from prompts
    where text = minus_prompt
),

differences as (
    select
        one.encoder_id,
        one.sample_id,
        one.cosine::double as difference
    from similarities as one
    semi join first_prompt on one.prompt_id = first_prompt.prompt_id
    where minus_prompt is null
    union all
    select
        one.encoder_id,
        one.sample_id,
        one.cosine::double - other.cosine as difference
    from similarities as one
    inner join similarities as other using (encoder_id, sample_id)
    semi join first_prompt on one.prompt_id = first_prompt.prompt_id
    semi join second_prompt on other.prompt_id = second_prompt.prompt_id
)

select
    differences.encoder_id,
    encoders.name as encoder,
    samples.dataset,
    samples.split,
    cell_groups.group_attribute,
    cell_groups.group_name,
    differences.sample_id,
    differences.difference,
    row_number() over (
        partition by differences.encoder_id, samples.dataset, samples.split
        order by differences.difference desc, samples.path asc
    ) as rank
from differences
inner join encoders on differences.encoder_id = encoders.encoder_id
inner join samples on differences.sample_id = samples.sample_id
inner join sample_cells on differences.sample_id = sample_cells.sample_id
inner join cell_groups on sample_cells.cell = cell_groups.cell
where cell_groups.group_attribute = of_attribute
