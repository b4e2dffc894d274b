-- k_sweep: accuracy of zero_shot_topk for every k up to the largest number of prompts of a class
-- grain: encoder, prompt_set, attribute, dataset, split, k
-- units: fractions in [0, 1]; ci_low and ci_high: 95 % Wilson interval of accuracy
-- reads: confusion_every_k, encoders, wilson_low, wilson_high
-- note: the best k of a sweep, chosen on the samples it is judged on, flatters
with recalls as materialized (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        k,
        label,
        sum(n_samples) as n_samples,
        coalesce(sum(n_samples) filter (where predicted = label), 0) as n_correct
    from confusion_every_k
    group by all
)

select
    recalls.encoder_id,
    encoders.name as encoder,
    recalls.prompt_set,
    recalls.attribute,
    recalls.taxonomy,
    recalls.dataset,
    recalls.split,
    recalls.k,
    sum(recalls.n_samples)::bigint as n_samples,
    sum(recalls.n_correct) / sum(recalls.n_samples) as accuracy,
    avg(recalls.n_correct / recalls.n_samples) as balanced_accuracy,
    wilson_low(sum(recalls.n_correct), sum(recalls.n_samples)) as ci_low,
    wilson_high(sum(recalls.n_correct), sum(recalls.n_samples)) as ci_high
from recalls
inner join encoders using (encoder_id)
group by all
