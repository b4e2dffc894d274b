-- zero_shot_topk_agrees: zero_shot_topk(2) is right as often as the sweep over every k says
-- audits: zero_shot_topk, k_sweep
-- reads: zero_shot_topk, k_sweep, samples, labels, cosines_not_kept
-- todo: the view is wrong
with judged as (
    select
        topk.encoder_id,
        topk.prompt_set,
        topk.attribute,
        samples.dataset,
        samples.split,
        count(*) as n_samples,
        avg((topk.predicted = labels.label)::integer) as accuracy,
        min(topk.margin) as margin_min,
        max(topk.score) as score_max
    from zero_shot_topk(2) as topk
    inner join samples on topk.sample_id = samples.sample_id
    inner join labels
        on
            topk.sample_id = labels.sample_id
            and topk.attribute = labels.attribute
    where labels.label is not null
    group by topk.encoder_id, topk.prompt_set, topk.attribute, samples.dataset, samples.split
)

select
    sweep.encoder_id,
    sweep.prompt_set,
    sweep.attribute,
    sweep.dataset,
    sweep.split,
    sweep.n_samples,
    judged.n_samples as n_samples_of_topk,
    sweep.accuracy,
    judged.accuracy as accuracy_of_topk,
    judged.margin_min,
    judged.score_max
from k_sweep as sweep
left join judged
    on
        sweep.encoder_id = judged.encoder_id
        and sweep.prompt_set = judged.prompt_set
        and sweep.attribute = judged.attribute
        and sweep.dataset = judged.dataset
        and sweep.split is not distinct from judged.split
anti join cosines_not_kept
    on
        sweep.encoder_id = cosines_not_kept.encoder_id
        and sweep.prompt_set = cosines_not_kept.prompt_set
where
    sweep.k = 2
    and (
        sweep.n_samples is distinct from judged.n_samples
        or not (abs(sweep.accuracy - judged.accuracy) < 1e-9)
        or not (judged.margin_min >= 0)
        or not isfinite(judged.score_max)
    )
