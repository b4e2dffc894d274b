-- worst_predictions: The most confident mistakes
-- text: The 24 wrong predictions of each classifier in which it is surest: by margin where it has one,
-- else by score; a classifier that gives neither is in the order of the files. Look at the picture
-- before blaming the model: the label may be the one that is wrong.
-- empty: There is no wrong prediction.
-- show: shown
-- layout: cards
-- head: path
select
    worst_predictions.dataset,
    worst_predictions.split,
    worst_predictions.attribute,
    worst_predictions.classifier,
    worst_predictions.rank,
    worst_predictions.path,
    worst_predictions.label,
    worst_predictions.predicted,
    worst_predictions.score,
    worst_predictions.margin,
    samples.image_id
from worst_predictions
inner join samples using (sample_id)
where worst_predictions.rank <= 24
order by
    worst_predictions.dataset,
    worst_predictions.split,
    list_position(['gender', 'race', 'age'], worst_predictions.attribute),
    worst_predictions.attribute,
    worst_predictions.classifier,
    worst_predictions.rank
