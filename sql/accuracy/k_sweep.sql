-- k_sweep: accuracy of zero_shot_topk for every k up to the largest number of prompts of a class
-- grain: encoder, prompt_set, attribute, dataset, split, k
-- units: fractions in [0, 1]; ci_low and ci_high: 95 % Wilson interval of accuracy
-- reads: prompt_scores, class_prompts, samples, labels, encoders, wilson_low, wilson_high
-- note: the best k of a sweep, chosen on the samples it is judged on, flatters
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
),

predicted as (
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
),

recalls as (
    select
        predicted.encoder_id,
        predicted.prompt_set,
        predicted.attribute,
        samples.dataset,
        samples.split,
        predicted.k,
        labels.label,
        count(*) as n_samples,
        count(*) filter (where predicted.predicted = labels.label) as n_correct
    from predicted
    inner join samples on predicted.sample_id = samples.sample_id
    inner join labels
        on
            predicted.sample_id = labels.sample_id
            and predicted.attribute = labels.attribute
    where labels.label is not null
    group by
        predicted.encoder_id,
        predicted.prompt_set,
        predicted.attribute,
        samples.dataset,
        samples.split,
        predicted.k,
        labels.label
)

select
    recalls.encoder_id,
    encoders.name as encoder,
    recalls.prompt_set,
    recalls.attribute,
    recalls.dataset,
    recalls.split,
    recalls.k,
    sum(recalls.n_samples)::bigint as n_samples,
    sum(recalls.n_correct) / sum(recalls.n_samples) as accuracy,
    avg(recalls.n_correct / recalls.n_samples) as balanced_accuracy,
    wilson_low(sum(recalls.n_correct), sum(recalls.n_samples)) as ci_low,
    wilson_high(sum(recalls.n_correct), sum(recalls.n_samples)) as ci_high
from recalls
inner join encoders on recalls.encoder_id = encoders.encoder_id
group by
    recalls.encoder_id,
    encoders.name,
    recalls.prompt_set,
    recalls.attribute,
    recalls.dataset,
    recalls.split,
    recalls.k
