-- explanations_unique: one question has one explanation
-- audits: explanations
-- reads: explanations
-- todo: delete all but one of them with `facestore sql --write`
select
    encoder_id,
    classifier_id,
    sample_id,
    method,
    target,
    parameters,
    count(*) as n_explanations
from explanations
group by all
having count(*) > 1
