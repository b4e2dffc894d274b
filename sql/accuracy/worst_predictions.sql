-- worst_predictions: wrong predictions, the most confident first
-- grain: classifier, dataset, split, rank
-- units: rank from 1; score and margin as the classifier gives them
-- reads: wrong_predictions, classifiers, label_taxonomies, samples
-- note: confidence is the margin where the classifier has one, else the score; without either the
-- order is that of a hash of the paths, by which nobody chose
select
    wrong_predictions.classifier_id,
    classifiers.name as classifier,
    classifiers.attribute,
    label_taxonomies.taxonomy,
    wrong_predictions.sample_id,
    samples.dataset,
    samples.split,
    samples.path,
    wrong_predictions.label,
    wrong_predictions.predicted,
    wrong_predictions.score,
    wrong_predictions.margin,
    row_number() over (
        partition by
            classifiers.name, samples.dataset, samples.split
        order by
            wrong_predictions.margin desc nulls last,
            wrong_predictions.score desc nulls last,
            md5(samples.path) asc,
            samples.path asc
    ) as rank
from wrong_predictions
inner join classifiers using (classifier_id)
inner join samples using (sample_id)
inner join label_taxonomies
    on samples.dataset = label_taxonomies.dataset and classifiers.attribute = label_taxonomies.attribute
