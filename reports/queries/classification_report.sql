-- classification_report: Precision and recall of each class
-- text: For each class: recall is the share of its labelled samples that are found, precision the share of its predictions
-- that are right, with their 95 % Wilson intervals; F1 in the table is their harmonic mean, support counts the labelled
-- samples, n predicted the predictions.
-- empty: No prediction meets a label of its attribute.
-- layout: blocks
-- head: class
select
    classification_report.dataset,
    classification_report.split,
    classification_report.attribute,
    classification_report.classifier,
    classification_report.class,
    classification_report.support,
    classification_report.n_predicted,
    classification_report.precision,
    classification_report.ci_low_precision,
    classification_report.ci_high_precision,
    classification_report.recall,
    classification_report.ci_low_recall,
    classification_report.ci_high_recall,
    classification_report.f1
from classification_report
left join classes using (attribute, class)
order by
    classification_report.dataset,
    classification_report.split,
    list_position(['gender', 'race', 'age'], classification_report.attribute),
    classification_report.attribute,
    classification_report.classifier,
    classes.ordinal,
    classification_report.class
