-- best_classifier: the best classifier of an attribute, and what is left of its accuracy when it is chosen on other samples
-- grain: attribute, dataset, split
-- units: fractions in [0, 1]; accuracy with ci_low and ci_high, of n_samples, as in classifier_summary; held_out_accuracy:
-- each half of all labelled samples is judged with the classifier that is best on the other half; ci_low_held_out and
-- ci_high_held_out: its 95 % Wilson interval; n_compared counts the classifiers that it was chosen from
-- reads: classifier_summary, classifiers, numbered_splits, judged_words, samples, is_first_half, wilson_low, wilson_high
-- note: best is who is right on most labelled samples, as in the leaderboard: a sample without a prediction counts as wrong,
-- in held_out_accuracy too. Of equally good ones the first by name counts. Classifiers that were trained or tuned on the
-- split take no part. Halves are those of best_k; held_out_accuracy is NULL where a half has no judged sample
with halves as (
    select
        numbered_splits.split_number,
        samples.sample_id >> 6 as word,
        bit_or(
            is_first_half(samples.dataset, samples.path)::ubigint
            << (samples.sample_id & 63)::ubigint
        ) as first_half
    from samples
    inner join numbered_splits
        on
            samples.dataset = numbered_splits.dataset
            and samples.split is not distinct from numbered_splits.split
    group by all
),

counts as (
    select
        judged_words.classifier_id,
        judged_words.split_number,
        sum(bit_count(judged_words.is_right))::bigint as n_right,
        sum(bit_count(judged_words.is_right & halves.first_half))::bigint as n_right_first,
        sum(bit_count(judged_words.judged))::bigint as n_judged,
        sum(bit_count(judged_words.judged & halves.first_half))::bigint as n_judged_first
    from judged_words
    inner join halves using (split_number, word)
    group by all
),

entrants as (
    select
        summary.attribute,
        summary.taxonomy,
        summary.dataset,
        summary.split,
        summary.classifier,
        summary.n_samples,
        summary.accuracy,
        summary.ci_low,
        summary.ci_high,
        summary.coverage,
        summary.n_samples + greatest(summary.n_missing, 0) as n_labelled,
        counts.n_right,
        counts.n_right_first,
        counts.n_judged_first,
        counts.n_judged
    from classifier_summary as summary
    inner join classifiers on summary.classifier = classifiers.name
    inner join numbered_splits
        on
            summary.dataset = numbered_splits.dataset
            and summary.split is not distinct from numbered_splits.split
    inner join counts
        on
            classifiers.classifier_id = counts.classifier_id
            and numbered_splits.split_number = counts.split_number
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
)

select
    attribute,
    taxonomy,
    dataset,
    split,
    n_compared,
    classifier,
    n_samples,
    accuracy,
    ci_low,
    ci_high,
    coverage,
    first_choice as classifier_of_first_half,
    second_choice as classifier_of_second_half,
    n_held_out / n_labelled as held_out_accuracy,
    wilson_low(n_held_out, n_labelled) as ci_low_held_out,
    wilson_high(n_held_out, n_labelled) as ci_high_held_out
from held_out
