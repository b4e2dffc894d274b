-- below_chance: Below chance
-- text: A row a classifier, data set and split whose accuracy is surely below chance, and a query that shows why.
select
    classifier,
    dataset,
    split,
    accuracy,
    1 / greatest(n_classes, 2) as chance,
    'select label, predicted, n_samples from confusion_matrix where classifier = '''
    || replace(classifier, '''', '''''') || '''' as query
from classifier_summary
where ci_high < 1 / greatest(n_classes, 2)
order by accuracy asc, classifier asc, dataset asc, split asc
