-- model_figures_hold: each model has one best rule, figures are those of other views, and nobody on the front is beaten
-- audits: model_figures
-- reads: model_figures, classifier_summary, accuracy_by_group
-- todo: the view is wrong
with worst as (
    select
        classifier,
        dataset,
        split,
        min(accuracy) as accuracy
    from accuracy_by_group
    where group_attribute <> 'overall' and not contains(group_attribute, ' x ')
    group by all
),

wrong_figures as (
    select coalesce(figures.classifier, summary.classifier) as name
    from model_figures as figures
    full outer join classifier_summary as summary
        on
            figures.classifier = summary.classifier
            and figures.dataset = summary.dataset
            and figures.split is not distinct from summary.split
    left join worst
        on
            figures.classifier = worst.classifier
            and figures.dataset = worst.dataset
            and figures.split is not distinct from worst.split
    where
        figures.accuracy is distinct from summary.accuracy
        or figures.n_samples is distinct from summary.n_samples
        or figures.seen is distinct from summary.seen
        or figures.coverage is distinct from summary.coverage
        or figures.worst_accuracy is distinct from worst.accuracy
        or coalesce(figures.model, '') = ''
        or not coalesce(figures.place between 1 and figures.n_rules, false)
        or (figures.is_on_front and (figures.seen is not null or figures.worst_accuracy is null))
        or not (figures.ci_low_worst between 0 and figures.worst_accuracy + 1e-9)
        or not (figures.ci_high_worst between figures.worst_accuracy - 1e-9 and 1)
),

wrong_models as (
    select model as name
    from model_figures
    group by attribute, dataset, split, model
    having
        count(*) filter (where place = 1) <> 1
        or count(distinct place_of_model) > 1
        or max(n_rules) <> count(*)
        or arg_min(accuracy_at_least, place) filter (where seen is null)
        < max(accuracy_at_least) filter (where seen is null)
),

wrong_places as (
    select attribute as name
    from model_figures
    where place_of_model is not null
    group by attribute, dataset, split
    having max(place_of_model) <> count(distinct model) or min(place_of_model) <> 1
),

beaten as (
    select one.classifier as name
    from model_figures as one
    inner join model_figures as other
        on
            one.attribute = other.attribute
            and one.dataset = other.dataset
            and one.split is not distinct from other.split
    where
        one.is_on_front
        and other.is_on_front
        and one.accuracy < other.accuracy
        and one.worst_accuracy < other.worst_accuracy
),

without_front as (
    select attribute as name
    from model_figures
    where seen is null
    group by attribute, dataset, split
    having
        count(*) filter (where is_on_front) = 0
        and arg_max(worst_accuracy, n_samples) is not null
)

select
    name,
    'figures' as place
from wrong_figures
union all
select
    name,
    'models' as place
from wrong_models
union all
select
    name,
    'places' as place
from wrong_places
union all
select
    name,
    'front' as place
from beaten
union all
select
    name,
    'no front' as place
from without_front
