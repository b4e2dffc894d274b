-- predictions_to_count(of_all): classifiers and data sets whose predictions are not kept as counts, or all of them
-- grain: classifier, dataset
-- units: names
-- reads: classifiers, datasets, counted_predictions
select
    classifiers.classifier_id,
    classifiers.attribute,
    datasets.dataset
from classifiers
cross join datasets
anti join (
    select
        classifier_id,
        dataset
    from counted_predictions
    where not of_all
) as counted
    on
        classifiers.classifier_id = counted.classifier_id
        and datasets.dataset = counted.dataset
