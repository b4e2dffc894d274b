-- main_classifiers_named(names): as main_classifiers, where classifiers that are named stand before the best ones
-- grain: attribute, dataset, split
-- units: as in best_classifier; names is a list of names, and may be empty; is_named says how it was chosen
-- reads: best_classifier, classifier_summary
-- note: of several that are named for one attribute the first by name counts; a named one may have been trained or tuned
-- on the split, as seen says
with named as (
    select
        attribute,
        taxonomy,
        dataset,
        split,
        count(*) over (partition by attribute, dataset, split) as n_compared,
        classifier,
        seen,
        n_samples,
        n_effective,
        accuracy,
        ci_low,
        ci_high,
        coverage,
        true as is_named
    from classifier_summary
    where list_contains(names, classifier)
    qualify row_number() over (partition by attribute, dataset, split order by classifier) = 1
)

select *
from named
union all by name
select
    best.* exclude (classifier_of_first_half, classifier_of_second_half),
    false as is_named
from best_classifier as best
left join named
    on
        best.attribute = named.attribute
        and best.dataset = named.dataset
        and best.split is not distinct from named.split
where named.classifier is null
