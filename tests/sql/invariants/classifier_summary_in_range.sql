-- classifier_summary_in_range: headline figures have their n and lie in [0, 1], the accuracy within its interval
-- audits: classifier_summary
-- reads: classifier_summary
-- todo: the view is wrong
select
    classifier,
    dataset,
    split,
    n_samples,
    n_missing,
    accuracy,
    ci_low,
    ci_high,
    balanced_accuracy,
    macro_precision,
    macro_recall,
    macro_f1,
    weighted_precision,
    weighted_recall,
    weighted_f1,
    n_classes,
    chance_adjusted_accuracy
from classifier_summary
where
    n_samples is null
    or n_samples < 1
    or n_missing is null
    or n_missing < 0
    or not (ci_low between 0 and accuracy + 1e-9)
    or not (ci_high between accuracy - 1e-9 and 1)
    or least(
        accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1,
        weighted_precision, weighted_recall, weighted_f1
    ) < 0
    or greatest(
        accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1,
        weighted_precision, weighted_recall, weighted_f1
    ) > 1 + 1e-9
    or not (chance_adjusted_accuracy between -1 and accuracy)
    or abs(coverage - n_samples / (n_samples + n_missing)) > 1e-9
    or coverage is null
    or not (accuracy_at_least between 0 and accuracy + 1e-9)
    or abs(accuracy_at_least - accuracy * coverage) > 1e-9
    or not (accuracy_at_least between ci_low_at_least - 1e-9 and ci_high_at_least + 1e-9)
