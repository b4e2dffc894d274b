-- best_classifier: the best classifier of an attribute, and what is left of its accuracy when it is chosen on other samples
-- grain: attribute, dataset, split
-- units: fractions in [0, 1]; accuracy with ci_low and ci_high, of n_samples that are worth n_effective, as in
-- classifier_summary; held_out_accuracy:
-- each half of all labelled samples is judged with the classifier that is best on the other half; ci_low_held_out and
-- ci_high_held_out: its 95 % Wilson interval; n_compared counts the classifiers that it was chosen from
-- reads: classifier_summary, classifiers, right_by_half, wilson_clustered
-- note: best is who is right on most labelled samples, as in the leaderboard: a sample without a prediction counts as wrong,
-- in held_out_accuracy too. Of equally good ones the first by name counts. Classifiers that were trained or tuned on the
-- split take no part. Halves are those of best_k; held_out_accuracy is NULL where a half has no judged sample
with entrants as (
    select
        summary.attribute,
        summary.taxonomy,
        summary.dataset,
        summary.split,
        summary.classifier,
        summary.n_samples,
        summary.n_effective,
        summary.accuracy,
        summary.ci_low,
        summary.ci_high,
        summary.coverage,
        summary.n_samples + greatest(summary.n_missing, 0) as n_labelled,
        right_by_half.n_right,
        right_by_half.n_right_first,
        right_by_half.n_judged_first,
        right_by_half.n_judged
    from classifier_summary as summary
    inner join classifiers on summary.classifier = classifiers.name
    inner join right_by_half
        on
            classifiers.classifier_id = right_by_half.classifier_id
            and summary.dataset = right_by_half.dataset
            and summary.split is not distinct from right_by_half.split
    where summary.seen is null
),

chosen as (
    select
        *,
        count(*) over kind as n_compared,
        max(n_judged_first) over kind > 0 and max(n_judged - n_judged_first) over kind > 0 as has_halves,
        row_number() over best as place,
        first_value(classifier) over best_first as first_choice,
        first_value(n_right - n_right_first) over best_first as n_right_of_first_choice,
        first_value(classifier) over best_second as second_choice,
        first_value(n_right_first) over best_second as n_right_of_second_choice
    from entrants
    window
        kind as (partition by attribute, dataset, split),
        best as (
            partition by attribute, dataset, split order by n_right desc, n_samples desc, classifier asc
        ),
        best_first as (
            partition by attribute, dataset, split order by n_right_first desc, classifier asc
        ),
        best_second as (
            partition by attribute, dataset, split
            order by n_right - n_right_first desc, classifier asc
        )
),

held_out as (
    select
        *,
        if(
            has_halves, least(n_right_of_first_choice + n_right_of_second_choice, n_labelled), null
        ) as n_held_out
    from chosen
    where place = 1
),

intervals as (
    select
        *,
        wilson_clustered(n_held_out, n_labelled, n_labelled * (n_effective / n_samples)) as limits
    from held_out
)

select
    attribute,
    taxonomy,
    dataset,
    split,
    n_compared,
    classifier,
    n_samples,
    n_effective,
    accuracy,
    ci_low,
    ci_high,
    coverage,
    first_choice as classifier_of_first_half,
    second_choice as classifier_of_second_half,
    n_held_out / n_labelled as held_out_accuracy,
    limits.low as ci_low_held_out,
    limits.high as ci_high_held_out
from intervals
