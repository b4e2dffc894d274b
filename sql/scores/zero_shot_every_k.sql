-- zero_shot_every_k: the predictions of zero_shot_topk for every k up to the largest number of prompts
-- of a class
-- grain: encoder, prompt_set, attribute, sample, k
-- units: k counts prompts
-- reads: prompt_scores, class_prompts
with ranked as (
    -- one sorted list per class instead of a window over every similarity: ten times faster
    select
        encoder_id,
        prompt_set,
        attribute,
        class,
        sample_id,
        list(cosine order by cosine desc) as cosines
    from prompt_scores
    group by encoder_id, prompt_set, attribute, class, sample_id
),

largest as (
    select
        prompt_set,
        attribute,
        max(n_prompts) as k_max
    from class_prompts
    group by prompt_set, attribute
),

class_sums as (
    select
        ranked.encoder_id,
        ranked.prompt_set,
        ranked.attribute,
        ranked.class,
        ranked.sample_id,
        ranked.cosines,
        class_prompts.ordinal,
        class_prompts.n_classes,
        unnest(range(1, largest.k_max + 1)) as k
    from ranked
    inner join class_prompts
        on
            ranked.prompt_set = class_prompts.prompt_set
            and ranked.attribute = class_prompts.attribute
            and ranked.class = class_prompts.class
            and len(ranked.cosines) = class_prompts.n_prompts
    inner join largest
        on
            ranked.prompt_set = largest.prompt_set
            and ranked.attribute = largest.attribute
)

select
    encoder_id,
    prompt_set,
    attribute,
    sample_id,
    k,
    arg_max(class, { 'score': list_sum(cosines[1:k]), 'first': -ordinal }) as predicted
from class_sums
group by encoder_id, prompt_set, attribute, sample_id, k
having count(*) = any_value(n_classes)
