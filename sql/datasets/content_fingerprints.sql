-- content_fingerprints: a digest of what each data set, encoder, prompt set and classifier holds
-- grain: kind, name
-- units: n_rows counts samples, labels, annotations, exclusions, similarities, prompts, predictions or figures; digest: SHA-256
-- in hex of sums over all rows, so that the order and the ids of rows do not matter
-- reads: datasets, samples, labels, annotations, excluded_samples, encoders, similarities, prompts, prompt_sets,
-- prompt_set_members, prompt_classes, classifiers, predictions, published_figures, settings,
-- sample_keys, number_key
-- note: the row of kind store is over all others. Covered is what figures follow from; not covered are vectors,
-- explanations, training curves, runs, times, and folders of the machine. Names stand for ids. Sums of 64-bit
-- hashes find what changed by accident, and are no proof against forgery
with dataset_names as (
    select dataset from datasets
    union distinct
    select dataset from samples
),

-- by what samples share: a digest of each row would cost as much as the other sums together
sample_class_sums as (
    select
        samples.dataset,
        samples.split,
        samples.error is null as is_read,
        array_to_string(list_sort(samples.tags), chr(29)) as tags,
        samples.person_id,
        count(*) as n_rows,
        sum(sample_keys.weight) as key_sum,
        count(samples.image_id) as n_images,
        sum(
            (md5_number_lower(samples.image_id) >> 8)::hugeint
            * sample_keys.weight
        ) as image_sum
    from samples
    inner join sample_keys using (sample_id)
    group by all
),

sample_sums as (
    select
        dataset,
        sum(n_rows) as n_rows,
        sum(
            md5_number_lower(
                concat_ws(
                    chr(31),
                    coalesce(split, chr(30)),
                    is_read,
                    coalesce(tags, chr(30)),
                    n_rows,
                    key_sum,
                    n_images,
                    image_sum,
                    -- left out where it is not known
                    person_id
                )
            )
        ) as row_sum
    from sample_class_sums
    group by dataset
),

prompt_rows as (
    select
        prompt_set_members.prompt_set,
        md5_number_lower(
            concat_ws(
                chr(31),
                prompts.text,
                coalesce(prompt_set_members.key, chr(30)),
                coalesce(prompt_classes.attribute, chr(30)),
                coalesce(prompt_classes.class, chr(30))
            )
        ) as row_hash,
        prompts.prompt_id
    from prompt_set_members
    inner join prompts using (prompt_id)
    left join prompt_classes using (prompt_set, prompt_id)
),

-- millions of rows: a number a sample times its cosine, which is exact in 2 ** 40ths unless it is tiny
prompt_sums as (
    select
        similarities.encoder_id,
        similarities.prompt_id,
        count(*) as n_rows,
        sum(
            number_key(similarities.cosine)::hugeint
            * sample_keys.weight
        ) as row_sum
    from similarities
    inner join sample_keys using (sample_id)
    group by all
),

similarity_sums as (
    select
        prompt_sums.encoder_id,
        sum(prompt_sums.n_rows) as n_rows,
        sum(
            md5_number_lower(
                concat_ws(chr(31), prompts.text, prompt_sums.n_rows, prompt_sums.row_sum)
            )
        ) as row_sum
    from prompt_sums
    inner join prompts using (prompt_id)
    group by prompt_sums.encoder_id
),

-- the same for labels and predictions, by class
label_class_sums as (
    select
        sample_keys.dataset,
        labels.attribute,
        labels.label,
        count(*) as n_rows,
        sum(sample_keys.weight) as key_sum,
        sum(number_key(labels.value)::hugeint * sample_keys.weight) as number_sum
    from labels
    inner join sample_keys using (sample_id)
    group by all
),

label_sums as (
    select
        dataset,
        sum(n_rows) as n_rows,
        sum(
            md5_number_lower(
                concat_ws(
                    chr(31), attribute, coalesce(label, chr(30)), n_rows, key_sum, number_sum
                )
            )
        ) as row_sum
    from label_class_sums
    group by dataset
),

annotation_class_sums as (
    select
        sample_keys.dataset,
        annotations.attribute,
        annotations.annotator,
        annotations.label,
        count(*) as n_rows,
        sum(annotations.n * sample_keys.weight::hugeint) as key_sum
    from annotations
    inner join sample_keys using (sample_id)
    group by all
),

annotation_sums as (
    select
        dataset,
        sum(n_rows) as n_rows,
        sum(
            md5_number_lower(
                concat_ws(
                    chr(31), attribute, coalesce(annotator, chr(30)), label, n_rows, key_sum
                )
            )
        ) as row_sum
    from annotation_class_sums
    group by dataset
),

class_sums as (
    select
        predictions.classifier_id,
        predictions.predicted,
        count(*) as n_rows,
        sum(sample_keys.weight) as key_sum,
        sum(
            (
                number_key(predictions.score)
                + 3 * number_key(predictions.margin)
                + 7 * number_key(predictions.value)
            )::hugeint
            * sample_keys.weight
        ) as number_sum
    from predictions
    inner join sample_keys using (sample_id)
    group by all
),

prediction_sums as (
    select
        classifier_id,
        sum(n_rows) as n_rows,
        sum(
            md5_number_lower(
                concat_ws(
                    chr(31),
                    coalesce(predicted, chr(30)),
                    n_rows,
                    key_sum,
                    number_sum
                )
            )
        ) as row_sum
    from class_sums
    group by classifier_id
),

parts as (
    select
        'data set' as kind,
        dataset_names.dataset as name,
        coalesce(sample_sums.n_rows, 0) as n_rows,
        sample_sums.row_sum::varchar as held
    from dataset_names
    left join sample_sums using (dataset)
    union all
    select
        'labels' as kind,
        dataset as name,
        n_rows,
        row_sum::varchar as held
    from label_sums
    union all
    select
        'annotations' as kind,
        dataset as name,
        n_rows,
        row_sum::varchar as held
    from annotation_sums
    union all
    select
        'left out as duplicates' as kind,
        sample_keys.dataset as name,
        count(*) as n_rows,
        sum(
            md5_number_lower(concat_ws(chr(31), sample_keys.sample_key, excluded_samples.reason))
        )::varchar as held
    from excluded_samples
    inner join sample_keys using (sample_id)
    group by sample_keys.dataset
    union all
    select
        'prompt set' as kind,
        prompt_sets.prompt_set as name,
        count(distinct prompt_rows.prompt_id) as n_rows,
        sum(prompt_rows.row_hash)::varchar as held
    from prompt_sets
    left join prompt_rows using (prompt_set)
    group by prompt_sets.prompt_set
    union all
    select
        'encoder' as kind,
        encoders.name,
        coalesce(similarity_sums.n_rows, 0) as n_rows,
        concat_ws(
            chr(31),
            coalesce(encoders.precision, chr(30)),
            coalesce(encoders.dim::varchar, chr(30)),
            coalesce(encoders.logit_scale::varchar, chr(30)),
            coalesce(encoders.preprocessing, chr(30)),
            coalesce(encoders.weights_sha256, chr(30)),
            -- passed over where it is NULL, so that stores of before have the fingerprint they had
            'bias ' || encoders.logit_bias,
            coalesce(similarity_sums.row_sum, 0)
        ) as held
    from encoders
    left join similarity_sums using (encoder_id)
    union all
    select
        'classifier' as kind,
        classifiers.name,
        coalesce(prediction_sums.n_rows, 0) as n_rows,
        concat_ws(
            chr(31),
            classifiers.kind,
            classifiers.attribute,
            coalesce(classifiers.prompt_set, chr(30)),
            coalesce(classifiers.aggregation, chr(30)),
            coalesce(classifiers.k::varchar, chr(30)),
            coalesce(encoders.name, chr(30)),
            coalesce(prediction_sums.row_sum, 0)
        ) as held
    from classifiers
    left join encoders using (encoder_id)
    left join prediction_sums using (classifier_id)
    union all
    select
        'published figures' as kind,
        source as name,
        count(*) as n_rows,
        sum(
            md5_number_lower(
                concat_ws(
                    chr(31),
                    coalesce(classifier, chr(30)),
                    coalesce(architecture, chr(30)),
                    coalesce(pretrained, chr(30)),
                    coalesce(prompt_set, chr(30)),
                    coalesce(aggregation, chr(30)),
                    coalesce(k::varchar, chr(30)),
                    dataset,
                    coalesce(split, chr(30)),
                    attribute,
                    coalesce(taxonomy, chr(30)),
                    group_attribute,
                    coalesce(group_name, chr(30)),
                    metric,
                    value
                )
            )
        )::varchar as held
    from published_figures
    group by source
    union all
    select
        'setting' as kind,
        setting as name,
        1 as n_rows,
        value as held
    from settings
),

digests as (
    select
        kind,
        name,
        n_rows::bigint as n_rows,
        sha256(concat_ws(chr(31), n_rows, coalesce(held, chr(30)))) as digest
    from parts
)

select
    kind,
    name,
    n_rows,
    digest
from digests
union all
select
    'store' as kind,
    'everything' as name,
    sum(n_rows)::bigint as n_rows,
    sha256(
        string_agg(concat_ws(chr(31), kind, name, digest), chr(10) order by kind asc, name asc)
    ) as digest
from digests
