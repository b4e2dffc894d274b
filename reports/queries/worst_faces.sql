-- worst_faces: Faces of the worst group that are called wrong
-- text: Six faces of the group for which the main classifier is clearly worst, drawn by a hash of their paths and not chosen.
-- empty: No group is clearly worse than another, or none of its faces is called wrong.
-- layout: cards
-- head: path
-- fold: yes
with surest as (
    select *
    from gap_findings
    where is_surest and verdict = 'clear'
),

drawn as (
    select
        surest.dataset,
        surest.split,
        surest.attribute,
        surest.classifier,
        surest.group_attribute,
        surest.worst_group,
        samples.path,
        samples.image_id,
        wrong_predictions.label,
        wrong_predictions.predicted,
        count(*) over (
            partition by surest.attribute, surest.dataset, surest.split
        ) as n_wrong,
        row_number() over (
            partition by surest.attribute, surest.dataset, surest.split
            order by samples.image_id is null, md5(samples.path), samples.path
        ) as place
    from surest
    inner join classifiers on surest.classifier = classifiers.name
    inner join wrong_predictions using (classifier_id)
    inner join samples
        on
            wrong_predictions.sample_id = samples.sample_id
            and surest.dataset = samples.dataset
            and surest.split is not distinct from samples.split
    inner join labels
        on
            samples.sample_id = labels.sample_id
            and surest.group_attribute = labels.attribute
            and surest.worst_group = labels.label
)

select
    drawn.dataset,
    drawn.split,
    drawn.attribute,
    drawn.classifier,
    drawn.group_attribute,
    drawn.worst_group,
    group_words(drawn.group_attribute, drawn.worst_group) as who,
    drawn.n_wrong,
    drawn.path,
    drawn.image_id,
    drawn.label,
    drawn.predicted
from drawn
where drawn.place <= 6
order by
    drawn.dataset,
    drawn.split,
    list_position(['gender', 'race', 'age'], drawn.attribute),
    drawn.attribute,
    drawn.place
