-- best_classifier_holds: the best is first in the leaderboard, and its held-out accuracy lies in [0, 1], within its interval
-- audits: best_classifier
-- reads: best_classifier, leaderboard
-- todo: the view is wrong
with firsts as (
    select
        attribute,
        dataset,
        split,
        list(classifier) as classifiers,
        max(accuracy_at_least) as accuracy_at_least
    from leaderboard
    where rank = 1
    group by all
)

select
    coalesce(best.attribute, firsts.attribute) as attribute,
    coalesce(best.dataset, firsts.dataset) as dataset,
    coalesce(best.split, firsts.split) as split,
    best.classifier,
    firsts.classifiers,
    best.accuracy,
    best.held_out_accuracy,
    best.ci_low_held_out,
    best.ci_high_held_out,
    firsts.accuracy_at_least
from best_classifier as best
full outer join firsts
    on
        best.attribute = firsts.attribute
        and best.dataset = firsts.dataset
        and best.split is not distinct from firsts.split
where
    not coalesce(list_contains(firsts.classifiers, best.classifier), false)
    or not (best.accuracy * best.coverage between firsts.accuracy_at_least - 1e-9 and firsts.accuracy_at_least + 1e-9)
    -- another choice for a half is better on the other half alone, or equal
    or not (best.held_out_accuracy between 0 and firsts.accuracy_at_least + 1e-9)
    or not (best.ci_low_held_out between 0 and best.held_out_accuracy + 1e-9)
    or not (best.ci_high_held_out between best.held_out_accuracy - 1e-9 and 1)
    or best.n_compared < 1
