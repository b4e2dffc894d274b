-- classifier_names_hold: every classifier has a short name, which no other one of its attribute has
-- audits: classifier_names
-- reads: classifier_names, classifiers
-- todo: the view is wrong
with counted as (
    select
        *,
        count(*) over (partition by attribute, short_name) as n_of_name,
        count(*) over (partition by classifier) as n_of_classifier
    from classifier_names
)

select
    classifiers.name,
    counted.*
from classifiers
full outer join counted on classifiers.name = counted.classifier
where
    counted.classifier is null
    or classifiers.name is null
    or classifiers.attribute is distinct from counted.attribute
    or coalesce(counted.short_name, '') = ''
    or counted.n_of_name > 1
    or counted.n_of_classifier > 1
