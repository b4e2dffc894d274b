-- zero_shot_confidences: the probability that CLIP gives the class it predicts
-- grain: aggregation, encoder, prompt_set, attribute, sample
-- units: confidence is in [1 / number of classes, 1]
-- reads: class_scores, encoders
-- source: Radford et al. 2021, section 3.1.2: softmax over the classes of logit_scale x cosine
-- note: for mean and embedding_mean; a sum is no cosine; encoders whose logit_scale is not known and
-- samples that lack a class are left out
with decided as (
    select
        class_scores.aggregation,
        class_scores.encoder_id,
        class_scores.prompt_set,
        class_scores.attribute,
        class_scores.sample_id,
        arg_max(
            class_scores.class, { 'score': class_scores.score, 'first': -class_scores.ordinal }
        ) as predicted,
        max(class_scores.score) as best,
        list(class_scores.score) as scores,
        any_value(encoders.logit_scale) as logit_scale
    from class_scores
    inner join encoders using (encoder_id)
    where
        class_scores.aggregation <> 'sum'
        and encoders.logit_scale is not null
    group by all
    having count(*) = any_value(class_scores.n_classes)
)

select
    aggregation,
    encoder_id,
    prompt_set,
    attribute,
    sample_id,
    predicted,
    -- the largest logit is taken off before exp, so that nothing overflows
    1 / list_sum(
        list_transform(scores, lambda score: exp(logit_scale * (score - best)))
    ) as confidence
from decided
