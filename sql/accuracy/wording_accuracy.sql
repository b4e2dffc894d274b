-- wording_accuracy: accuracy of every single wording of a prompt set, one prompt for each class
-- grain: encoder, prompt_set, attribute, dataset, split, wording
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval;
-- wording is the text of the prompt for the class of the lowest ordinal
-- reads: wording_counts, encoders, accuracy_of_counts
-- note: where a wording has several prompts for a class, their mean cosine counts; a sample counts only
-- where all prompts of the wording have a similarity; ties go to the lowest ordinal
with wordings as (
    select
        *,
        accuracy_of_counts(n_correct, n_samples) as figures
    from wording_counts
)

select
    wordings.encoder_id,
    encoders.name as encoder,
    wordings.prompt_set,
    wordings.attribute,
    wordings.taxonomy,
    wordings.dataset,
    wordings.split,
    wordings.wording,
    wordings.n_prompts,
    wordings.figures.n_samples,
    wordings.figures.n_correct,
    wordings.figures.accuracy,
    wordings.figures.ci_low,
    wordings.figures.ci_high
from wordings
inner join encoders using (encoder_id)
