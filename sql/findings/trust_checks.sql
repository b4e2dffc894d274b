-- trust_checks: whether the data can be trusted, topic by topic, in words
-- grain: topic
-- units: state is 'fine', 'look' (something was found) or 'not checked'; n counts what was found, NULL where nothing was
-- looked for; command shows or does more
-- reads: main_classifiers, samples, images, duplicate_groups, label_conflicts, split_leakage, dataset_leakage,
-- accuracy_if_relabelled, classifiers, encoders, as_percent, with_noun
-- note: pictures are compared only where they were ingested: coverage of pictures stands in the sentence. Suspect labels
-- take two models, of which each judged all samples; the bounds are those of the main classifier that they could
-- change most
with mains as materialized (
    select *
    from main_classifiers
),

pictures as (
    select
        count(*) as n_samples,
        count(samples.image_id) as n_known,
        count(images.phash) as n_compared,
        count(distinct samples.dataset) as n_datasets,
        count(distinct samples.dataset || '/' || samples.split) as n_splits
    from samples
    left join images using (image_id)
),

covered as (
    select
        count(*) as n_main,
        min(coverage) as lowest,
        arg_min(classifier, coverage) as of_which
    from mains
),

copies as (
    select count(distinct group_id) as n from duplicate_groups
),

conflicts as (
    select count(distinct { 'a': sample_id_a, 'b': sample_id_b }) as n from label_conflicts
),

leaks as (
    select
        (select count(*) from split_leakage) as n_splits,
        (select count(*) from dataset_leakage) as n_datasets
),

suspects as (
    select
        bounds.attribute,
        bounds.n_suspects,
        bounds.accuracy_low,
        bounds.accuracy_high
    from accuracy_if_relabelled as bounds
    inner join mains
        on
            bounds.classifier = mains.classifier
            and bounds.dataset = mains.dataset
            and bounds.split is not distinct from mains.split
    qualify
        row_number() over (
            order by bounds.accuracy_high - bounds.accuracy_low desc, bounds.attribute asc
        ) = 1
),

models_of as (
    select
        count(
            distinct coalesce(encoders.architecture || ' ' || encoders.pretrained, classifiers.name)
        ) as n
    from classifiers
    left join encoders using (encoder_id)
    group by classifiers.attribute
),

judges as (
    select coalesce(max(n), 0) as n_models
    from models_of
),

looked as (
    select
        case
            when n_known = 0 then 'not checked, no pictures here'
            when n_known < n_samples
                then format('checked in the {:,} of {:,} samples with a picture', n_known, n_samples)
            else 'checked in all pictures'
        end as words
    from pictures
)

select
    1 as place,
    'coverage' as topic,
    case when n_main = 0 then 'not checked' when lowest < 1 then 'look' else 'fine' end as state,
    if(n_main = 0, null, if(lowest < 1, 1, 0))::bigint as n,
    case
        when n_main = 0 then 'coverage: no classifier is judged yet'
        when lowest < 1
            then format('only {} of the labelled faces have a prediction by {}', as_percent(lowest), of_which)
        else 'every labelled face has a prediction by the main classifiers'
    end as sentence,
    'facestore sql "from prediction_coverage"' as command
from covered
union all
select
    2 as place,
    'suspect labels' as topic,
    case
        when suspects.n_suspects > 0 then 'look'
        when judges.n_models < 2 then 'not checked'
        else 'fine'
    end as state,
    if(judges.n_models < 2, null, coalesce(suspects.n_suspects, 0)) as n,
    case
        when suspects.n_suspects > 0
            then
                format(
                    '{} of {} {} wrong: changed, its accuracy would be between {:.1f} and {}',
                    with_noun(suspects.n_suspects, 'label', 'labels'),
                    suspects.attribute,
                    if(suspects.n_suspects = 1, 'looks', 'look'),
                    100 * suspects.accuracy_low,
                    as_percent(suspects.accuracy_high)
                )
        when judges.n_models < 2 then 'suspect labels: not checked, it takes two models'
        else 'no label that several models contradict'
    end as sentence,
    'facestore sql "from suspect_labels"' as command
from judges
left join suspects on true
union all
select
    3 as place,
    'duplicates' as topic,
    case
        when pictures.n_known = 0 then 'not checked'
        when copies.n > 0 then 'look'
        else 'fine'
    end as state,
    if(pictures.n_known = 0, null, copies.n) as n,
    case
        when pictures.n_known = 0 or copies.n = 0 then 'duplicates: ' || if(pictures.n_known = 0, '', 'none, ') || looked.words
        else
            format(
                '{:,} {} the same or nearly so, {}',
                copies.n,
                if(copies.n = 1, 'group of pictures is', 'groups of pictures are'),
                looked.words
            )
    end as sentence,
    'facestore dedup' as command
from pictures, copies, looked
union all
select
    4 as place,
    'conflicting labels' as topic,
    case
        when pictures.n_known = 0 then 'not checked'
        when conflicts.n > 0 then 'look'
        else 'fine'
    end as state,
    if(pictures.n_known = 0, null, conflicts.n) as n,
    case
        when pictures.n_known = 0 then 'conflicting labels: not checked, no pictures here'
        when conflicts.n = 0 then 'no copies with different labels'
        else
            format(
                '{:,} {} of copies, exact or near, {} labels that differ',
                conflicts.n,
                if(conflicts.n = 1, 'pair', 'pairs'),
                if(conflicts.n = 1, 'has', 'have')
            )
    end as sentence,
    'facestore sql "from label_conflicts"' as command
from pictures, conflicts
union all
select
    5 as place,
    'leakage' as topic,
    case
        when pictures.n_known = 0 or (pictures.n_splits < 2 and pictures.n_datasets < 2)
            then 'not checked'
        when leaks.n_splits + leaks.n_datasets > 0 then 'look'
        else 'fine'
    end as state,
    case
        when pictures.n_known = 0 or (pictures.n_splits < 2 and pictures.n_datasets < 2) then null
        else leaks.n_splits + leaks.n_datasets
    end as n,
    case
        when pictures.n_splits < 2 and pictures.n_datasets < 2 then 'leakage: not checked, one split only'
        when pictures.n_known = 0 then 'leakage: not checked, no pictures here'
        when leaks.n_splits + leaks.n_datasets = 0 then 'no picture in two splits or data sets'
        else
            format(
                '{:,} {} the same picture in two splits, {:,} in two data sets',
                leaks.n_splits,
                if(leaks.n_splits = 1, 'pair of samples shows', 'pairs of samples show'),
                leaks.n_datasets
            )
    end as sentence,
    'facestore sql "from split_leakage"' as command
from pictures, leaks
