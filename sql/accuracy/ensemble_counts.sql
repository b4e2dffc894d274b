-- ensemble_counts: how many samples the mean over all prompts of a class gets right
-- grain: encoder, prompt_set, attribute, dataset, split
-- units: counts of samples
-- reads: zero_shot_mean, sample_labels, judged_as
-- note: sums over samples, so that they can be counted in parts
select
    zero_shot_mean.encoder_id,
    zero_shot_mean.prompt_set,
    zero_shot_mean.attribute,
    sample_labels.dataset,
    sample_labels.split,
    count(*) as n_samples,
    count(*) filter (
        where
        judged_as(sample_labels.taxonomy, sample_labels.attribute, zero_shot_mean.predicted)
        = sample_labels.label
    ) as n_correct
from zero_shot_mean
inner join sample_labels using (sample_id, attribute)
group by all
