-- wording_judgements_hold: each is right where it says the label, and wording_accuracy counts them
-- audits: wording_judgements, wording_accuracy, accuracy_of
-- reads: wording_judgements, wording_accuracy, accuracy_of
-- todo: the view is wrong
with counts as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        wording,
        count(*) as n_samples,
        count(*) filter (where predicted = label) as n_correct,
        accuracy_of(is_correct) as figures,
        count(*) filter (where is_correct is distinct from (predicted = label)) as n_misjudged
    from wording_judgements
    group by all
)

select
    wording_accuracy.encoder_id,
    wording_accuracy.prompt_set,
    wording_accuracy.attribute,
    wording_accuracy.dataset,
    wording_accuracy.split,
    wording_accuracy.wording,
    wording_accuracy.n_samples,
    wording_accuracy.n_correct,
    counts.n_samples as n_judged,
    counts.n_correct as n_right
from wording_accuracy
full join counts
    on
        wording_accuracy.encoder_id = counts.encoder_id
        and wording_accuracy.prompt_set = counts.prompt_set
        and wording_accuracy.attribute = counts.attribute
        and wording_accuracy.dataset = counts.dataset
        and wording_accuracy.split is not distinct from counts.split
        and wording_accuracy.wording = counts.wording
where
    wording_accuracy.n_samples is distinct from counts.n_samples
    or wording_accuracy.n_correct is distinct from counts.n_correct
    or wording_accuracy.accuracy is distinct from counts.figures.accuracy
    -- of fewer independent samples it is wider
    or wording_accuracy.ci_low > counts.figures.ci_low
    or (
        wording_accuracy.n_effective = wording_accuracy.n_samples
        and wording_accuracy.ci_low is distinct from counts.figures.ci_low
    )
    or counts.n_misjudged > 0
