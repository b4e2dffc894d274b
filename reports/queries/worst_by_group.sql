-- worst_by_group: The most confident mistakes of each group
-- text: The same for each labelled group by itself, the first 3 of each, so that a group with few
-- mistakes is seen too.
-- empty: There is no wrong prediction.
-- show: shown
-- layout: blocks
-- head: path
-- fold: yes
select
    worst_predictions.dataset,
    worst_predictions.split,
    worst_predictions.attribute,
    worst_predictions.classifier,
    sample_groups.group_attribute,
    sample_groups.group_name,
    worst_predictions.rank,
    worst_predictions.path,
    worst_predictions.label,
    worst_predictions.predicted,
    worst_predictions.score,
    worst_predictions.margin
from worst_predictions
inner join sample_groups using (sample_id)
where
    not contains(sample_groups.group_attribute, ' x ')
    and sample_groups.group_attribute <> 'overall'
qualify
    row_number() over (
        partition by
            worst_predictions.classifier_id,
            worst_predictions.dataset,
            worst_predictions.split,
            sample_groups.group_attribute,
            sample_groups.group_name
        order by worst_predictions.rank
    ) <= 3
order by
    worst_predictions.dataset,
    worst_predictions.split,
    list_position(['gender', 'race', 'age'], worst_predictions.attribute),
    worst_predictions.attribute,
    worst_predictions.classifier,
    list_position(['gender', 'race', 'age'], sample_groups.group_attribute),
    sample_groups.group_attribute,
    sample_groups.group_name,
    worst_predictions.rank
