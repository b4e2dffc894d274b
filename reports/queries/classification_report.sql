-- classification_report: Classification report
-- text: For each class: precision is the fraction of its predictions that are right, recall the
-- fraction of its labelled samples that are found, F1 their harmonic mean; support counts the
-- labelled samples, n predicted the predictions. No intervals: see accuracy by group for those.
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
    classification_report.recall,
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
