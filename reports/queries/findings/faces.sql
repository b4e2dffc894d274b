-- faces: the label that is most often taken for another one, attribute by attribute
with cells as (
    select
        confusion_matrix.*,
        row_number() over (
            partition by
                confusion_matrix.classifier, confusion_matrix.dataset, confusion_matrix.split
            order by
                confusion_matrix.n_samples desc,
                confusion_matrix.label asc,
                confusion_matrix.predicted asc
        ) as place
    from main_classifiers
    inner join confusion_matrix
        on
            main_classifiers.classifier = confusion_matrix.classifier
            and main_classifiers.dataset = confusion_matrix.dataset
            and main_classifiers.split is not distinct from confusion_matrix.split
    where
        confusion_matrix.label <> confusion_matrix.predicted
        and confusion_matrix.n_samples > 0
)

select
    classifier,
    format(
        'Most frequent mistake of {}: {} called {}, {:,} times',
        attribute,
        group_words(attribute, label),
        predicted,
        n_samples
    ) as sentence
from cells
where place = 1
order by dataset asc, split asc, list_position(['gender', 'race', 'age'], attribute) asc, attribute asc
