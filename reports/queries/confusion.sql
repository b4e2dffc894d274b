-- confusion: Confusion matrices
-- text: How often samples of each label (row) are predicted as each class (column): the count, and
-- below it the fraction of the row, between 0 and 1. The diagonal is right.
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
