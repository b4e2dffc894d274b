-- model_means_hold: a model has one rule on all parts, whose mean it is, and models with more parts stand first
-- audits: model_means
-- reads: model_means, model_figures
-- todo: the view is wrong
with parts as (
    select
        attribute,
        classifier,
        count(*) as n_parts,
        avg(accuracy_at_least) as mean_accuracy
    from model_figures
    group by all
),

attributes as (
    select attribute
    from model_figures
    group by attribute
    having count(distinct { 'dataset': dataset, 'split': split }) > 1
),

wrong_means as (
    select means.model
    from model_means as means
    left join model_figures as figures
        on
            means.classifier = figures.classifier
            and means.dataset = figures.dataset
            and means.split is not distinct from figures.split
    left join parts
        on
            means.attribute = parts.attribute
            and means.classifier = parts.classifier
    where
        means.accuracy is distinct from figures.accuracy
        or means.n_samples is distinct from figures.n_samples
        or means.model is distinct from figures.model
        or means.n_parts is distinct from parts.n_parts
        or not coalesce(abs(means.mean_accuracy - parts.mean_accuracy) < 1e-9, false)
        or not coalesce(means.n_parts <= means.n_all_parts and means.n_all_parts > 1, false)
),

wrong_models as (
    select any_value(model) as model
    from model_means
    group by attribute, model
    having count(distinct classifier) > 1 or count(*) <> min(n_parts) or count(distinct place) > 1
),

missing as (
    select distinct figures.model
    from model_figures as figures
    semi join attributes using (attribute)
    anti join model_means as means
        on figures.attribute = means.attribute and figures.model = means.model
),

wrong_places as (
    select one.model
    from model_means as one
    inner join model_means as other
        on one.attribute = other.attribute and one.place < other.place
    where
        one.n_parts < other.n_parts
        or (one.n_parts = other.n_parts and one.mean_accuracy < other.mean_accuracy - 1e-9)
    union all
    select any_value(model) as model
    from model_means
    where place is not null
    group by attribute
    having max(place) <> count(distinct model)
)

select
    model,
    'mean' as place
from wrong_means
union all
select
    model,
    'rules' as place
from wrong_models
union all
select
    model,
    'missing' as place
from missing
union all
select
    model,
    'place' as place
from wrong_places
