-- published_comparison: figures that others published, next to those measured here
-- grain: source, published_row, classifier, dataset, split
-- units: published, measured, difference (measured - published) and the interval are fractions in
-- [-1, 1]; is_inside: whether the published figure lies in the 95 % Wilson interval of the measured one
-- reads: published_figures, classifiers, encoders, measured_figures, class_prompts
-- note: a figure that names no classifier of the store has NULL as measured; is_inside is NULL where
-- the metric has no interval; what a published row leaves open (prompt set, k, split) fits any; of a
-- prompt set with one prompt a class any aggregation and k is the same
with figures as (
    select
        *,
        row_number() over (
            partition by source
            order by
                classifier, architecture, pretrained, prompt_set, aggregation, k, dataset, split,
                attribute, taxonomy, group_attribute, group_name, metric, value
        ) as published_row
    from published_figures
),

pooled as (
    select
        prompt_set,
        attribute,
        any_value(k_max) as k_max
    from class_prompts
    group by all
),

described as (
    select
        classifiers.name as classifier,
        classifiers.attribute,
        classifiers.prompt_set,
        classifiers.aggregation,
        classifiers.k,
        encoders.architecture,
        encoders.pretrained,
        coalesce(pooled.k_max = 1, false) as has_nothing_to_pool
    from classifiers
    left join encoders using (encoder_id)
    left join pooled
        on
            classifiers.prompt_set = pooled.prompt_set
            and classifiers.attribute = pooled.attribute
),

meant as (
    select
        figures.source,
        figures.published_row,
        described.classifier
    from figures
    inner join described
        on
            figures.attribute = described.attribute
            and (figures.classifier is null or figures.classifier = described.classifier)
            and (figures.architecture is null or figures.architecture = described.architecture)
            and (figures.pretrained is null or figures.pretrained = described.pretrained)
            and (figures.prompt_set is null or figures.prompt_set = described.prompt_set)
            and (
                described.has_nothing_to_pool
                or (
                    (figures.aggregation is null or figures.aggregation = described.aggregation)
                    and (figures.k is null or figures.k = described.k)
                )
            )
    -- a figure that says nothing of its model is nobody's in particular
    where coalesce(figures.classifier, figures.architecture) is not null
),

measured as (
    select
        meant.source,
        meant.published_row,
        measured_figures.*
    from figures
    inner join meant using (source, published_row)
    inner join measured_figures
        on
            meant.classifier = measured_figures.classifier
            and figures.dataset = measured_figures.dataset
            and (figures.split is null or figures.split = measured_figures.split)
            and (figures.taxonomy is null or figures.taxonomy = measured_figures.taxonomy)
            and figures.group_attribute = measured_figures.group_attribute
            and figures.group_name is not distinct from measured_figures.group_name
            and figures.metric = measured_figures.metric
)

select
    figures.source,
    figures.published_row,
    figures.attribute,
    figures.dataset,
    coalesce(measured.split, figures.split) as split,
    coalesce(measured.classifier, figures.classifier) as classifier,
    measured.seen,
    figures.architecture,
    figures.pretrained,
    coalesce(measured.taxonomy, figures.taxonomy) as taxonomy,
    figures.group_attribute,
    figures.group_name,
    figures.metric,
    measured.n_samples,
    figures.value as published,
    measured.value as measured,
    measured.value - figures.value as difference,
    measured.ci_low,
    measured.ci_high,
    figures.value between measured.ci_low and measured.ci_high as is_inside
from figures
left join measured using (source, published_row)
