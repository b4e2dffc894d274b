-- model_figures: classifiers by model, each with its worst group, and which of them no other one beats in both
-- grain: classifier, dataset, split
-- units: fractions; worst_accuracy, with its 95 % interval, is that of the group of one label for which the classifier is
-- right least often; model is the short name of the model, or of the classifier where it is no rule for prompts; place
-- counts the n_rules of a model from 1, the best; place_of_model the models; is_on_front: no other classifier is better in
-- one of the two figures and as good in the other
-- reads: classifier_summary, classifiers, classifier_names, encoders, model_names, accuracy_by_group
-- note: best is right on most labelled samples, as in the leaderboard: a sample without a prediction counts as wrong. What
-- was trained or tuned on the split, or judged fewer samples than another one, is not on the front. Groups with fewer than
-- min_samples samples (a setting of the store) are no worst groups; place_of_model is NULL of what is seen
with worst_groups as (
    select
        classifier,
        dataset,
        split,
        arg_min(
            {
                'group_attribute': group_attribute,
                'group_name': group_name,
                'n_samples': n_samples,
                'accuracy': accuracy,
                'ci_low': ci_low,
                'ci_high': ci_high
            },
            { 'accuracy': accuracy, 'attribute': group_attribute, 'name': group_name }
        ) as worst
    from accuracy_by_group
    where
        accuracy is not null
        and group_attribute <> 'overall'
        and not contains(group_attribute, ' x ')
    group by all
),

described as (
    select
        summary.classifier,
        summary.attribute,
        summary.taxonomy,
        summary.dataset,
        summary.split,
        summary.seen,
        names.short_name,
        names.rule,
        names.prompt_set,
        if(
            names.rule is null or encoders.encoder_id is null,
            summary.classifier,
            coalesce(model_names.short_name, concat_ws(' ', encoders.architecture, encoders.pretrained))
        ) as model,
        summary.n_samples,
        summary.coverage,
        summary.accuracy,
        summary.ci_low,
        summary.ci_high,
        summary.accuracy_at_least,
        worst_groups.worst.group_attribute as worst_group_attribute,
        worst_groups.worst.group_name as worst_group,
        worst_groups.worst.n_samples as n_samples_worst,
        worst_groups.worst.accuracy as worst_accuracy,
        worst_groups.worst.ci_low as ci_low_worst,
        worst_groups.worst.ci_high as ci_high_worst,
        max(summary.n_samples) over (
            partition by summary.attribute, summary.dataset, summary.split
        ) as n_most
    from classifier_summary as summary
    inner join classifiers on summary.classifier = classifiers.name
    inner join classifier_names as names on summary.classifier = names.classifier
    left join encoders using (encoder_id)
    left join model_names
        on
            summary.attribute = model_names.attribute
            and concat_ws(' ', encoders.architecture, encoders.pretrained) = model_names.model
    left join worst_groups
        on
            summary.classifier = worst_groups.classifier
            and summary.dataset = worst_groups.dataset
            and summary.split is not distinct from worst_groups.split
),

known as (
    select
        * exclude (n_most),
        seen is null and n_samples = n_most and worst_accuracy is not null as is_comparable
    from described
),

beaten as (
    select distinct
        one.classifier,
        one.dataset,
        one.split
    from known as one
    inner join known as other
        on
            one.attribute = other.attribute
            and one.dataset = other.dataset
            and one.split is not distinct from other.split
            and one.accuracy <= other.accuracy
            and one.worst_accuracy <= other.worst_accuracy
            and (one.accuracy < other.accuracy or one.worst_accuracy < other.worst_accuracy)
    where one.is_comparable and other.is_comparable
),

placed as (
    select
        known.*,
        known.is_comparable and beaten.classifier is null as is_on_front,
        count(*) over model_rows as n_rules,
        row_number() over (
            model_rows
            order by (known.seen is null) desc, known.accuracy_at_least desc, known.classifier asc
        ) as place,
        max(if(known.seen is null, known.accuracy_at_least, null)) over model_rows as best_of_model
    from known
    left join beaten
        on
            known.classifier = beaten.classifier
            and known.dataset = beaten.dataset
            and known.split is not distinct from beaten.split
    window model_rows as (
        partition by known.attribute, known.dataset, known.split, known.model
    )
)

select
    placed.* exclude (is_comparable, best_of_model),
    if(
        best_of_model is null,
        null,
        dense_rank() over (
            partition by attribute, dataset, split order by best_of_model desc nulls last, model asc
        )
    ) as place_of_model
from placed
