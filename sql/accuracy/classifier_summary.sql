-- classifier_summary: the headline figures of a classifier on a data set
-- grain: classifier, dataset, split
-- units: all but counts are fractions; ci_low and ci_high: 95 % Wilson interval of accuracy; coverage is n_samples of
-- all labelled ones; accuracy_at_least counts the missing ones as wrong, with its own interval
-- reads: classification_report, label_counts, wilson_low, wilson_high
-- note: macro averages go over every class that is a label or a prediction, as in scikit-learn;
-- balanced_accuracy over those that are labels; chance_adjusted_accuracy is accuracy - 1 / n_classes. A classifier that
-- answers only what is easy has a high accuracy of a small coverage: compare accuracy_at_least, the lower bound of what it
-- would be on all of them
-- source: Manski 1989, 10.2307/145818, on bounds without assumptions on what is missing
with averages as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        sum(support)::bigint as n_samples,
        sum(recall * support) / sum(support) as accuracy,
        avg(recall) filter (where support > 0) as balanced_accuracy,
        avg(precision) as macro_precision,
        avg(recall) as macro_recall,
        avg(f1) as macro_f1,
        sum(precision * support) / sum(support) as weighted_precision,
        sum(recall * support) / sum(support) as weighted_recall,
        sum(f1 * support) / sum(support) as weighted_f1,
        count(*) filter (where support > 0) as n_classes
    from classification_report
    group by all
),

labelled as (
    select
        attribute,
        dataset,
        split,
        sum(n_samples)::bigint as n_labelled
    from label_counts
    group by all
)

select
    averages.classifier,
    averages.attribute,
    averages.taxonomy,
    averages.dataset,
    averages.split,
    averages.n_samples,
    labelled.n_labelled - averages.n_samples as n_missing,
    averages.n_samples / labelled.n_labelled as coverage,
    averages.accuracy,
    wilson_low(round(averages.accuracy * averages.n_samples), averages.n_samples) as ci_low,
    wilson_high(round(averages.accuracy * averages.n_samples), averages.n_samples) as ci_high,
    round(averages.accuracy * averages.n_samples) / labelled.n_labelled as accuracy_at_least,
    wilson_low(round(averages.accuracy * averages.n_samples), labelled.n_labelled)
        as ci_low_at_least,
    wilson_high(round(averages.accuracy * averages.n_samples), labelled.n_labelled)
        as ci_high_at_least,
    averages.balanced_accuracy,
    averages.macro_precision,
    averages.macro_recall,
    averages.macro_f1,
    averages.weighted_precision,
    averages.weighted_recall,
    averages.weighted_f1,
    averages.n_classes,
    averages.accuracy - 1 / averages.n_classes as chance_adjusted_accuracy
from averages
inner join labelled
    on
        averages.attribute = labelled.attribute
        and averages.dataset = labelled.dataset
        and averages.split is not distinct from labelled.split
