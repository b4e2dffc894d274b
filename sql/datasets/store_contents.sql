-- store_contents: what is in the store, one row a data set, encoder, prompt set, classifier and log
-- grain: kind, name
-- units: n counts samples, similarities, prompts, predictions or runs
-- reads: samples, labels, datasets, encoders, similarities, streams, streamed_winners, prompt_sets, prompt_set_members,
-- classifiers, predictions, runs, with_noun
-- note: of samples that were scored in a stream no similarities are kept: details say how many they are
with dataset_counts as (
    select
        samples.dataset,
        count(*) as n_samples,
        count(distinct samples.image_id) as n_images,
        count(samples.error) as n_errors,
        count(samples.person_id) as n_of_people,
        count(distinct samples.person_id) as n_people,
        count(labelled.sample_id) as n_labelled
    from samples
    left join (select distinct sample_id from labels) as labelled using (sample_id)
    group by samples.dataset
),

similarity_counts as (
    select
        encoder_id,
        count(*) as n_similarities
    from similarities
    group by encoder_id
),

stream_counts as (
    select
        streams.encoder_id,
        count(distinct streamed_winners.sample_id) as n_streamed
    from streams
    inner join streamed_winners using (stream_id)
    where streams.is_current and streamed_winners.k_before = 0
    group by streams.encoder_id
),

prompt_counts as (
    select
        prompt_set,
        count(*) as n_prompts
    from prompt_set_members
    group by prompt_set
),

predicted as (
    select
        classifier_id,
        count(*) as n_predictions
    from predictions
    group by classifier_id
)

select
    'dataset' as kind,
    datasets.dataset as name,
    coalesce(dataset_counts.n_samples, 0) as n,
    format(
        '{}, {} labelled, {}{}',
        with_noun(coalesce(dataset_counts.n_images, 0), 'image', 'images'),
        with_noun(coalesce(dataset_counts.n_labelled, 0), 'sample', 'samples'),
        with_noun(coalesce(dataset_counts.n_errors, 0), 'unreadable file', 'unreadable files'),
        if(
            dataset_counts.n_people > 0,
            format(
                ', {} of {}',
                with_noun(dataset_counts.n_of_people, 'sample', 'samples'),
                with_noun(dataset_counts.n_people, 'person', 'people')
            ),
            ''
        )
    ) as details
from datasets
left join dataset_counts using (dataset)
union all
select
    'encoder' as kind,
    encoders.name,
    coalesce(similarity_counts.n_similarities, 0) as n,
    format(
        'similarities{}; {}',
        coalesce(', and ' || with_noun(stream_counts.n_streamed, 'sample', 'samples') || ' streamed', ''),
        coalesce('vectors of ' || with_noun(encoders.dim, 'value', 'values'), 'no vectors')
    ) as details
from encoders
left join similarity_counts using (encoder_id)
left join stream_counts using (encoder_id)
union all
select
    'prompt set' as kind,
    prompt_sets.prompt_set as name,
    coalesce(prompt_counts.n_prompts, 0) as n,
    coalesce(prompt_sets.description, '') as details
from prompt_sets
left join prompt_counts using (prompt_set)
union all
select
    'classifier' as kind,
    classifiers.name,
    coalesce(predicted.n_predictions, 0) as n,
    format('predictions of {}', classifiers.attribute) as details
from classifiers
left join predicted using (classifier_id)
union all
select
    'log' as kind,
    'runs' as name,
    count(*) as n,
    coalesce('last: ' || strftime(max(ended_at), '%Y-%m-%d %H:%M UTC'), 'none') as details
from runs
