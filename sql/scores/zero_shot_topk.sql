-- zero_shot_topk(k): predictions by the sum of the k largest cosines of a class's prompts
-- grain: encoder, prompt_set, attribute, sample
-- units: score is a sum of up to k cosines; margin is score minus that of the second class
-- reads: prompt_scores, class_prompts
-- note: a class with fewer than k prompts counts with all of them; a sample counts only where every
-- prompt of every class has a similarity; ties go to the lowest ordinal; k has a limit because memory
-- for k numbers is taken for every sample and class
with pooled as (
    select
        encoder_id,
        prompt_set,
        attribute,
        class,
        sample_id,
        list_sum(
            max(cosine, if(k <= 1000, k, error('k is ' || k || ', but can be at most 1000')))
        ) as score,
        count(*) as n_prompts
    from prompt_scores
    group by all
)

select
    pooled.encoder_id,
    pooled.prompt_set,
    pooled.attribute,
    pooled.sample_id,
    arg_max(
        pooled.class, { 'score': pooled.score, 'first': -class_prompts.ordinal }
    ) as predicted,
    max(pooled.score) as score,
    max(pooled.score) - max(pooled.score, 2)[2] as margin
from pooled
inner join class_prompts using (prompt_set, attribute, class, n_prompts)
group by all
having count(*) = any_value(class_prompts.n_classes)
