-- benchmark: models by data sets: figures that are measured here, and those that others published
-- grain: attribute, dataset, split, taxonomy, metric, model, classifier, origin, source, prompt_set, aggregation, k
-- units: value is a fraction in [0, 1], or below 0 of chance_adjusted_accuracy; ci_low and ci_high: its 95 % interval where
-- it has one (accuracy: Wilson; balanced_accuracy; mean_average_precision); origin is measured or published; place counts the
-- figures of one model for one metric and task from 1, the one that stands for it
-- reads: classifier_summary, classifiers, encoders, yes_no_classifiers, yes_no_summary, published_figures, kinds_of_datasets
-- note: a task is a data set, a split and an attribute. What was trained or tuned on these samples stands last; a measured
-- figure stands before published ones, then comes who is right on most labelled samples. A classifier that is made of prompts
-- belongs to the model of its encoder; a probe, a fine-tuned head and other predictions are models of their own. A published
-- figure that says no split is one of the split that is measured, where there is just one. The yes/no attributes
-- of a prompt set are one task, not forty: its attribute has the name of the data set, its figures are those of
-- yes_no_summary, and n_classes counts the attributes
with summaries as materialized (
    select
        summary.attribute,
        summary.dataset,
        summary.split,
        summary.taxonomy,
        if(
            classifiers.aggregation is null or encoders.encoder_id is null,
            summary.classifier,
            concat_ws(' ', encoders.architecture, encoders.pretrained)
        ) as model,
        summary.classifier,
        classifiers.prompt_set,
        classifiers.aggregation,
        classifiers.k,
        summary.seen,
        summary.n_samples,
        summary.n_classes,
        summary.coverage,
        summary.accuracy_at_least,
        summary.accuracy,
        summary.ci_low,
        summary.ci_high,
        summary.balanced_accuracy,
        summary.ci_low_balanced,
        summary.ci_high_balanced,
        summary.chance_adjusted_accuracy
    from classifier_summary as summary
    inner join classifiers on summary.classifier = classifiers.name
    left join encoders using (encoder_id)
    left join yes_no_classifiers as parts on summary.classifier = parts.classifier
    where not coalesce(parts.is_yes_no, false)
),

yes_no as materialized (
    select
        attribute,
        dataset,
        split,
        taxonomy,
        model,
        classifier,
        prompt_set,
        aggregation,
        k,
        seen,
        n_samples,
        n_attributes as n_classes,
        coverage,
        mean_accuracy_at_least as accuracy_at_least,
        unnest(
            [
                {
                    'metric': 'mean_average_precision',
                    'value': mean_average_precision,
                    'ci_low': ci_low,
                    'ci_high': ci_high
                },
                { 'metric': 'accuracy', 'value': mean_accuracy, 'ci_low': null, 'ci_high': null },
                { 'metric': 'balanced_accuracy', 'value': mean_balanced_accuracy, 'ci_low': null, 'ci_high': null },
                {
                    'metric': 'chance_adjusted_accuracy',
                    'value': mean_chance_adjusted_accuracy,
                    'ci_low': null,
                    'ci_high': null
                }
            ]
        ) as figure
    from yes_no_summary
),

measured as (
    select
        * exclude (
            accuracy, ci_low, ci_high, balanced_accuracy, ci_low_balanced, ci_high_balanced, chance_adjusted_accuracy
        ),
        unnest(
            [
                { 'metric': 'accuracy', 'value': accuracy, 'ci_low': ci_low, 'ci_high': ci_high },
                {
                    'metric': 'balanced_accuracy',
                    'value': balanced_accuracy,
                    'ci_low': ci_low_balanced,
                    'ci_high': ci_high_balanced
                },
                {
                    'metric': 'chance_adjusted_accuracy',
                    'value': chance_adjusted_accuracy,
                    'ci_low': ci_low - (accuracy - chance_adjusted_accuracy),
                    'ci_high': ci_high - (accuracy - chance_adjusted_accuracy)
                }
            ]
        ) as figure
    from summaries
    union all by name
    from yes_no
),

-- where a published table is silent about the split, it is the one that is measured
only_splits as (
    select
        attribute,
        dataset,
        any_value(split) as split
    from measured
    group by attribute, dataset
    having count(distinct coalesce(split, '')) = 1
),

figures as (
    select
        attribute,
        dataset,
        split,
        taxonomy,
        figure.metric,
        model,
        classifier,
        prompt_set,
        aggregation,
        k,
        'measured' as origin,
        null as source,
        seen,
        n_samples,
        n_classes,
        coverage,
        accuracy_at_least,
        figure.value,
        figure.ci_low,
        figure.ci_high
    from measured
    union all by name
    select
        published.attribute,
        published.dataset,
        coalesce(published.split, only_splits.split) as split,
        published.taxonomy,
        published.metric,
        coalesce(
            nullif(concat_ws(' ', published.architecture, published.pretrained), ''), published.classifier
        ) as model,
        published.classifier,
        published.prompt_set,
        published.aggregation,
        published.k,
        'published' as origin,
        published.source,
        published.value
    from published_figures as published
    left join only_splits
        on
            published.attribute = only_splits.attribute
            and published.dataset = only_splits.dataset
    where
        published.group_attribute = 'overall'
        and coalesce(published.architecture, published.classifier) is not null
        and published.attribute not in (
            select parts.attribute
            from yes_no_classifiers as parts
            where parts.is_yes_no
        )
)

select
    figures.attribute,
    figures.dataset,
    figures.split,
    kinds_of_datasets.kind,
    figures.taxonomy,
    figures.metric,
    figures.model,
    figures.classifier,
    figures.prompt_set,
    figures.aggregation,
    figures.k,
    figures.origin,
    figures.source,
    figures.seen,
    figures.n_samples,
    figures.n_classes,
    figures.coverage,
    figures.value,
    figures.ci_low,
    figures.ci_high,
    row_number() over (
        partition by figures.attribute, figures.dataset, figures.split, figures.metric, figures.model
        order by
            figures.seen is not null asc,
            figures.origin asc,
            figures.accuracy_at_least desc,
            figures.classifier asc,
            figures.taxonomy asc,
            figures.source asc,
            figures.prompt_set asc,
            figures.aggregation asc,
            figures.k asc
    ) as place
from figures
left join kinds_of_datasets using (dataset)
