-- diff_predictions: Predictions which changed
-- text: What classifiers of both stores say of samples of both, where it is something else: counts by class
-- before and after. A dash is no prediction. n other value counts those whose number (age in years) differs; n right
-- before and after are those that agree with the label that the sample had in that store.
-- empty: No classifier of both stores says something else of a sample of both.
-- head: predicted_before
-- with: pairs
with said_before as materialized (
    select
        pairs.sample_id_after,
        classifiers.name as classifier,
        classifiers.attribute,
        predictions.predicted,
        predictions.value,
        judged.is_correct
    from other.predictions as predictions
    inner join other.classifiers as classifiers using (classifier_id)
    inner join pairs on predictions.sample_id = pairs.sample_id_before
    left join other.judged_predictions as judged using (classifier_id, sample_id)
),

said_after as materialized (
    select
        pairs.sample_id_after,
        classifiers.name as classifier,
        classifiers.attribute,
        predictions.predicted,
        predictions.value,
        judged.is_correct
    from predictions
    inner join classifiers using (classifier_id)
    inner join pairs on predictions.sample_id = pairs.sample_id_after
    left join judged_predictions as judged using (classifier_id, sample_id)
),

of_both as (
    select
        after.name as classifier,
        after.attribute
    from classifiers as after
    inner join other.classifiers as before using (name, attribute)
)

select
    samples.dataset,
    samples.split,
    of_both.attribute,
    of_both.classifier,
    before.predicted as predicted_before,
    after.predicted as predicted_after,
    count(*) as n_samples,
    count(*) filter (where before.value is distinct from after.value) as n_other_value,
    count(*) filter (where before.is_correct) as n_right_before,
    count(*) filter (where after.is_correct) as n_right_after
from said_before as before
full join said_after as after using (classifier, attribute, sample_id_after)
inner join of_both
    on
        coalesce(after.classifier, before.classifier) = of_both.classifier
        and coalesce(after.attribute, before.attribute) = of_both.attribute
inner join samples
    on coalesce(after.sample_id_after, before.sample_id_after) = samples.sample_id
where
    before.predicted is distinct from after.predicted
    or before.value is distinct from after.value
group by all
order by
    samples.dataset asc,
    samples.split asc,
    of_both.attribute asc,
    of_both.classifier asc,
    n_samples desc,
    before.predicted asc,
    after.predicted asc
