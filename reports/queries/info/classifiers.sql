-- classifiers: Classifiers
-- text: A row a classifier and data set and split that it predicted, the most accurate of each attribute first,
-- with what is surely below chance and a query that shows why.
select
    classifiers.name as classifier,
    classifiers.kind,
    classifiers.attribute,
    coverage.dataset,
    coverage.split,
    coalesce(coverage.n_predicted, 0) as n_predicted,
    coalesce(coverage.n_judged, 0) as n_judged,
    summary.accuracy,
    summary.ci_low,
    summary.ci_high,
    1 / greatest(summary.n_classes, 2) as chance,
    summary.ci_high < 1 / greatest(summary.n_classes, 2) as is_below_chance,
    'select label, predicted, n_samples from confusion_matrix where classifier = '''
    || replace(classifiers.name, '''', '''''') || '''' as query
from classifiers
left join prediction_coverage as coverage
    on classifiers.name = coverage.classifier and coverage.n_predicted > 0
left join classifier_summary as summary
    on
        coverage.classifier = summary.classifier
        and coverage.dataset = summary.dataset
        and coverage.split is not distinct from summary.split
order by
    coverage.dataset asc,
    coverage.split asc,
    coalesce(list_position(['gender', 'race', 'age'], classifiers.attribute), 4) asc,
    classifiers.attribute asc,
    summary.accuracy_at_least desc nulls last,
    classifiers.name asc
