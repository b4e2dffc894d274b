-- label_counts: Labels
-- text: How many samples carry each label, as annotators perceived them, and which fraction that is
-- of the samples labelled for the attribute in the same data set and split.
-- empty: No sample has a label yet.
-- command: facestore import labels FILE --dataset NAME
-- head: label
select
    label_counts.dataset,
    label_counts.split,
    label_counts.attribute,
    label_counts.label,
    label_counts.n_samples,
    label_counts.fraction
from label_counts
left join classes
    on
        label_counts.attribute = classes.attribute
        and label_counts.label = classes.class
order by
    label_counts.dataset,
    label_counts.split,
    list_position(['gender', 'race', 'age'], label_counts.attribute),
    label_counts.attribute,
    classes.ordinal,
    label_counts.label
