-- title: All classifiers
-- text: Overall figures of each classifier, best accuracy first. All but counts are fractions
-- between 0 and 1; the interval is the 95 % Wilson interval of accuracy; missing samples have a
-- label and no prediction. Balanced accuracy is the mean recall over classes; chance-adjusted
-- accuracy is accuracy minus one over the number of classes. The taxonomy names the classes that
-- are told apart.
select
    dataset,
    split,
    attribute,
    classifier,
    taxonomy,
    n_samples,
    n_missing,
    accuracy,
    ci_low,
    ci_high,
    balanced_accuracy,
    macro_precision,
    macro_recall,
    macro_f1,
    weighted_f1,
    n_classes,
    chance_adjusted_accuracy
from classifier_summary
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    accuracy desc,
    classifier asc
