-- zero_shot_topk_agrees: zero_shot_topk(2) decides as the sweep over every k does at 2
-- audits: zero_shot_topk, zero_shot_every_k
-- reads: zero_shot_topk, zero_shot_every_k
-- todo: put right first what audits of tables found; if it stays, a view is wrong: report it with these rows
select
    every_k.encoder_id,
    every_k.prompt_set,
    every_k.attribute,
    every_k.sample_id,
    every_k.predicted,
    topk.predicted as predicted_by_topk,
    topk.score,
    topk.margin
from zero_shot_every_k as every_k
left join zero_shot_topk(2) as topk
    on
        every_k.encoder_id = topk.encoder_id
        and every_k.prompt_set = topk.prompt_set
        and every_k.attribute = topk.attribute
        and every_k.sample_id = topk.sample_id
where
    every_k.k = 2
    and (
        every_k.predicted is distinct from topk.predicted
        or not (topk.margin >= 0)
        or not isfinite(topk.score)
    )
