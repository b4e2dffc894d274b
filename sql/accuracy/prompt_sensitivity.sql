-- prompt_sensitivity: how much of an accuracy is the wording of the prompts, and how much is chance
-- grain: encoder, prompt_set, attribute, dataset, split
-- units: fractions in [0, 1]; accuracy_spread is accuracy_max - accuracy_min over the wordings,
-- accuracy_sd their standard deviation; interval_width is the mean width of their 95 % Wilson intervals;
-- ensemble_accuracy that of the mean over all prompts of a class
-- reads: wording_accuracy, ensemble_counts
-- note: a spread well above interval_width comes from the words; the best wording was chosen on the
-- samples it is judged on, so it flatters
with spreads as (
    select
        encoder_id,
        encoder,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        min(n_samples) as n_samples,
        count(*) as n_wordings,
        min(accuracy) as accuracy_min,
        max(accuracy) as accuracy_max,
        avg(accuracy) as accuracy_mean,
        max(accuracy) - min(accuracy) as accuracy_spread,
        stddev_samp(accuracy) as accuracy_sd,
        avg(ci_high - ci_low) as interval_width,
        arg_max(wording, { 'accuracy': accuracy, 'name': wording }) as best_wording,
        arg_min(wording, { 'accuracy': accuracy, 'name': wording }) as worst_wording
    from wording_accuracy
    group by all
)

select
    spreads.*,
    ensembles.n_correct / ensembles.n_samples as ensemble_accuracy
from spreads
left join ensemble_counts as ensembles
    on
        spreads.encoder_id = ensembles.encoder_id
        and spreads.prompt_set = ensembles.prompt_set
        and spreads.attribute = ensembles.attribute
        and spreads.dataset = ensembles.dataset
        and spreads.split is not distinct from ensembles.split
