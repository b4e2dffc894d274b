-- class_scores: the prompts of a class pooled to one score, in three ways (topk is a macro of its own)
-- grain: aggregation, encoder, prompt_set, attribute, class, sample
-- units: sum is a sum of cosines; mean and embedding_mean are in [-1, 1]
-- reads: prompt_scores, class_prompts, class_text_norms
-- note: a class counts only where all of its prompts have a similarity; embedding_mean, the cosine to
-- the unit mean of unit text vectors, needs class_text_norms and leaves classes without it out
with pooled as (
    select
        encoder_id,
        prompt_set,
        attribute,
        class,
        sample_id,
        sum(cosine) as cosine_sum,
        count(*) as n_prompts
    from prompt_scores
    group by all
),

complete as (
    select
        pooled.*,
        class_prompts.ordinal,
        class_prompts.n_classes
    from pooled
    inner join class_prompts using (prompt_set, attribute, class, n_prompts)
)

select
    'sum' as aggregation,
    encoder_id,
    prompt_set,
    attribute,
    class,
    ordinal,
    n_classes,
    sample_id,
    cosine_sum as score
from complete
union all
select
    'mean' as aggregation,
    encoder_id,
    prompt_set,
    attribute,
    class,
    ordinal,
    n_classes,
    sample_id,
    cosine_sum / n_prompts as score
from complete
union all
select
    'embedding_mean' as aggregation,
    complete.encoder_id,
    complete.prompt_set,
    complete.attribute,
    complete.class,
    complete.ordinal,
    complete.n_classes,
    complete.sample_id,
    complete.cosine_sum / complete.n_prompts / class_text_norms.norm as score
from complete
inner join class_text_norms using (encoder_id, prompt_set, attribute, class)
