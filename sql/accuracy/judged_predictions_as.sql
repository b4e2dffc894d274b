-- judged_predictions_as(taxonomy_name): the same predictions, judged in another taxonomy
-- grain: classifier, sample
-- units: score and margin as the classifier gives them; is_lossy where the label or the prediction is
-- merged with other classes, or meets its class only roughly
-- reads: judged_predictions, class_maps
-- note: samples whose label has no class in the taxonomy are not here; a predicted class without one
-- keeps its name and is wrong; `from class_maps` shows the taxonomies, rows may be added
select
    judged_predictions.classifier_id,
    judged_predictions.classifier,
    judged_predictions.attribute,
    labelled.taxonomy,
    judged_predictions.sample_id,
    judged_predictions.dataset,
    judged_predictions.split,
    judged_predictions.path,
    labelled.to_class as label,
    coalesce(guessed.to_class, judged_predictions.predicted) as predicted,
    coalesce(guessed.to_class, judged_predictions.predicted) = labelled.to_class as is_correct,
    labelled.is_lossy or coalesce(guessed.is_lossy, false) as is_lossy,
    judged_predictions.score,
    judged_predictions.margin
from judged_predictions
inner join class_maps as labelled
    on
        judged_predictions.attribute = labelled.attribute
        and judged_predictions.label = labelled.class
left join class_maps as guessed
    on
        labelled.taxonomy = guessed.taxonomy
        and judged_predictions.attribute = guessed.attribute
        and judged_predictions.predicted = guessed.class
where labelled.taxonomy = taxonomy_name
