-- worst_predictions: Mistakes one by one
-- text: 24 wrong predictions of each classifier: those in which it is surest, by margin where it has one, else by score; of a
-- classifier that gives neither a sample, drawn by a hash of the paths. Look at the picture before blaming
-- the model: the label may be the one that is wrong.
-- empty: There is no wrong prediction.
-- show: shown
-- layout: cards
-- head: path
-- fold: yes
with worst as (
    select *
    from worst_predictions
    where rank <= 24
),

labelled as (
    select
        sample_id,
        map_from_entries(
            list(
                { 'key': attribute, 'value': label }
                order by list_position(['gender', 'race', 'age'], attribute) asc, attribute asc
            )
        ) as labels
    from labels
    semi join worst using (sample_id)
    where label is not null
    group by sample_id
)

select
    worst.dataset,
    worst.split,
    worst.attribute,
    worst.classifier,
    worst.rank,
    worst.path,
    worst.label,
    worst.predicted,
    worst.score,
    worst.margin,
    labelled.labels,
    samples.image_id
from worst
inner join labelled using (sample_id)
inner join samples using (sample_id)
order by
    worst.dataset,
    worst.split,
    list_position(['gender', 'race', 'age'], worst.attribute),
    worst.attribute,
    worst.classifier,
    worst.rank
