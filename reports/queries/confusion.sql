-- confusion: Taken for what
-- text: Of the samples with a label (row), how many percent are predicted as a class (column). The diagonal, framed, is
-- right; darker is more often. A cell leads to its faces; counts are in its title and in the table.
-- empty: No prediction meets a label of its attribute.
-- layout: matrix
select
    confusion_matrix.dataset,
    confusion_matrix.split,
    confusion_matrix.attribute,
    confusion_matrix.classifier,
    confusion_matrix.label,
    confusion_matrix.predicted,
    confusion_matrix.n_samples,
    confusion_matrix.fraction_of_label
from confusion_matrix
left join classes as labelled
    on
        confusion_matrix.attribute = labelled.attribute
        and confusion_matrix.label = labelled.class
left join classes as guessed
    on
        confusion_matrix.attribute = guessed.attribute
        and confusion_matrix.predicted = guessed.class
order by
    confusion_matrix.dataset,
    confusion_matrix.split,
    list_position(['gender', 'race', 'age'], confusion_matrix.attribute),
    confusion_matrix.attribute,
    confusion_matrix.classifier,
    labelled.ordinal,
    confusion_matrix.label,
    guessed.ordinal,
    confusion_matrix.predicted
