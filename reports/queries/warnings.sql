-- warnings: Before anything is concluded
-- text: What the store itself shows about the data and the judgements, as counts, and the command
-- that shows more. What is not listed was looked for and not found, within what the store knows:
-- pictures are compared only where they were ingested, and vectors only after dedup --cosine.
-- empty: Nothing to warn of was found.
-- head: warning
with found as (
    select
        1 as place,
        'files that could not be read' as warning,
        count(*) as n,
        'They are in no figure.' as meaning,
        'facestore info' as command
    from samples
    where error is not null
    union all
    select
        2 as place,
        'groups of pictures that are the same or nearly so' as warning,
        count(distinct group_id) as n,
        'Copies count several times in every figure: see what is there twice, below.' as meaning,
        'facestore dedup' as command
    from duplicate_groups
    union all
    select
        3 as place,
        'pairs of the same picture, or nearly so, with different labels' as warning,
        count(distinct { 'a': sample_id_a, 'b': sample_id_b }) as n,
        'At least one label of each pair is wrong, or the pictures are only alike: look at them.' as meaning,
        'facestore dedup' as command
    from label_conflicts
    union all
    select
        4 as place,
        'pairs of the same picture in two splits' as warning,
        count(*) as n,
        'A classifier that was trained on one split has seen a part of the other.' as meaning,
        'facestore split' as command
    from split_leakage
    union all
    select
        5 as place,
        'pairs of the same picture in two data sets' as warning,
        count(*) as n,
        'Figures of the two data sets are not independent.' as meaning,
        'facestore dedup' as command
    from dataset_leakage
    union all
    select
        6 as place,
        'groups with one label in common and fewer than 30 samples' as warning,
        count(*) as n,
        'Their rates are little more than anecdotes: read the intervals.' as meaning,
        'facestore settings min_samples 30' as command
    from representation
    -- below the setting they have no rates
    where
        n_samples < 30
        and not contains(group_attribute, ' x ')
        and if_enough(n_samples, n_samples) is not null
    union all
    select
        7 as place,
        'classifiers that miss some labelled samples' as warning,
        count(*) as n,
        'Their figures are about a part of the data: see coverage.' as meaning,
        'facestore predict' as command
    from prediction_coverage
    where n_judged < n_labelled
    union all
    select
        8 as place,
        'labels that most models contradict' as warning,
        count(*) as n,
        'Look at these pictures before calling the predictions errors.' as meaning,
        'facestore sql "from suspect_labels"' as command
    from suspect_labels
    union all
    select
        9 as place,
        'predictions with a score or number that is none' as warning,
        count(*) as n,
        'They are in no figure about numbers: NaN, infinity, or far from any year.' as meaning,
        'facestore doctor predictions_are_numbers' as command
    from predictions
    where
        known_number(score) is distinct from score
        or known_number(margin) is distinct from margin
        or known_number(value) is distinct from value
    union all
    select
        10 as place,
        'samples of which two classes have the same highest score' as warning,
        sum(n_ties)::bigint as n,
        'They are no predictions: do prompts of two classes say the same to the model?' as meaning,
        'facestore sql "from prediction_coverage where n_ties > 0"' as command
    from prediction_coverage
    union all
    select
        11 as place,
        'samples that were scored without keeping cosines' as warning,
        count(distinct sample_id) as n,
        'Confidences, single wordings and what pools cosines otherwise than by k are not measured of them.'
            as meaning,
        'facestore sql "from cosines_not_kept"' as command
    from streamed_winners
    where k_before = 0
    union all
    select
        12 as place,
        'classifiers judged on data that they were trained or tuned on' as warning,
        count(distinct classifier) as n,
        'They have no rank there and are no headline: judge them on another split.' as meaning,
        'facestore sql "from classifier_summary where seen is not null"' as command
    from classifier_summary
    where seen is not null
)

select
    warning,
    n,
    meaning,
    command
from found
where n > 0
order by place
