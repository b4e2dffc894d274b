-- k_curves: accuracy by k, of all classifiers that differ in k alone, and of every k where there are similarities
-- grain: attribute, dataset, split, encoder, prompt_set, k, group_attribute, group_name
-- units: fractions of n_samples; model is the short name of the encoder's; k counts the prompts of a class that count;
-- ci_low and ci_high: 95 % interval of accuracy, of n_effective samples;
-- source is 'similarities' (see k_sweep; classifier is NULL) or 'predictions' (of the classifier, imported ones too); n_ks
-- counts the ks of the same curve
-- reads: k_sweep, classifiers, encoders, model_names, classifier_summary, accuracy_by_group, gap_findings
-- note: overall a curve is made from similarities where all labelled samples have them, as these give every k, and from
-- predictions where they do not; where there are both they are the same figure, but that a tie is no prediction. The
-- other group is the worst one of the main classifier's surest gap, known from predictions alone. Of several classifiers
-- with one k the first by name counts
-- a step that is read twice would be planned twice, with all that is below it
with predicted as materialized (
    select
        classifiers.encoder_id,
        classifiers.prompt_set,
        classifiers.k::bigint as k,
        summary.*
    from classifier_summary as summary
    inner join classifiers on summary.classifier = classifiers.name
    where classifiers.aggregation = 'topk' and classifiers.encoder_id is not null
    qualify
        row_number() over (
            partition by
                classifiers.encoder_id, classifiers.prompt_set, classifiers.k, summary.attribute, summary.dataset,
                summary.split
            order by summary.n_samples desc, summary.classifier asc
        ) = 1
),

sweep as materialized (
    select *
    from k_sweep
),

of_all as (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        k,
        'similarities' as source,
        null::varchar as classifier,
        null::varchar as seen,
        'overall' as group_attribute,
        'overall' as group_name,
        n_samples,
        accuracy,
        ci_low,
        ci_high,
        n_effective
    from sweep
    union all
    select
        predicted.encoder_id,
        predicted.prompt_set,
        predicted.attribute,
        predicted.taxonomy,
        predicted.dataset,
        predicted.split,
        predicted.k,
        'predictions' as source,
        predicted.classifier,
        predicted.seen,
        'overall' as group_attribute,
        'overall' as group_name,
        predicted.n_samples,
        predicted.accuracy,
        predicted.ci_low,
        predicted.ci_high,
        predicted.n_effective
    from predicted
    left join sweep
        on
            predicted.encoder_id = sweep.encoder_id
            and predicted.prompt_set = sweep.prompt_set
            and predicted.attribute = sweep.attribute
            and predicted.dataset = sweep.dataset
            and predicted.split is not distinct from sweep.split
            and sweep.k = 1
    where sweep.k is null
),

of_worst as (
    select
        predicted.encoder_id,
        predicted.prompt_set,
        predicted.attribute,
        predicted.taxonomy,
        predicted.dataset,
        predicted.split,
        predicted.k,
        'predictions' as source,
        predicted.classifier,
        predicted.seen,
        by_group.group_attribute,
        by_group.group_name,
        by_group.n_samples,
        by_group.accuracy,
        by_group.ci_low,
        by_group.ci_high,
        by_group.n_effective
    from predicted
    inner join gap_findings
        on
            predicted.attribute = gap_findings.attribute
            and predicted.dataset = gap_findings.dataset
            and predicted.split is not distinct from gap_findings.split
            and gap_findings.is_surest
    inner join accuracy_by_group as by_group
        on
            predicted.classifier = by_group.classifier
            and predicted.dataset = by_group.dataset
            and predicted.split is not distinct from by_group.split
            and gap_findings.group_attribute = by_group.group_attribute
            and gap_findings.worst_group = by_group.group_name
    where by_group.accuracy is not null
)

select
    points.*,
    encoders.name as encoder,
    coalesce(model_names.short_name, concat_ws(' ', encoders.architecture, encoders.pretrained)) as model,
    count(*) over (
        partition by
            points.encoder_id, points.prompt_set, points.attribute, points.dataset, points.split,
            points.group_attribute
    ) as n_ks
from (
    from of_all
    union all
    from of_worst
) as points
inner join encoders using (encoder_id)
left join model_names
    on
        points.attribute = model_names.attribute
        and concat_ws(' ', encoders.architecture, encoders.pretrained) = model_names.model
