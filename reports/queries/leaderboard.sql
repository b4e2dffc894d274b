-- leaderboard: Leaderboard
-- text: The classifiers of each attribute, best first. All but counts and ranks are fractions between
-- 0 and 1; the interval is the 95 % Wilson interval of accuracy. Ranks are by accuracy at least, which
-- counts missing samples as wrong, those with a label and no prediction; rank best and rank worst are
-- the ranks that its intervals allow; a classifier that was trained or tuned on the split (seen) has none.
-- The worst group is the one on which the classifier does
-- worst. Balanced accuracy is the mean recall over classes; chance-adjusted accuracy is accuracy minus
-- one over the number of classes.
-- head: classifier
select
    dataset,
    split,
    attribute,
    rank,
    rank_best,
    rank_worst,
    classifier,
    seen,
    taxonomy,
    n_samples,
    n_missing,
    accuracy,
    ci_low,
    ci_high,
    coverage,
    accuracy_at_least,
    balanced_accuracy,
    chance_adjusted_accuracy,
    worst_group,
    n_samples_worst,
    worst_group_accuracy,
    macro_precision,
    macro_recall,
    macro_f1,
    weighted_f1,
    n_classes,
    architecture,
    pretrained
from leaderboard
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    rank asc,
    classifier asc
