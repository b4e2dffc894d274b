-- leaderboard_holds: every classifier has one rank from 1, between those that its interval allows, but on data that it has seen
-- audits: leaderboard
-- reads: leaderboard, classifier_summary
-- todo: the view is wrong
select
    coalesce(summary.classifier, leaderboard.classifier) as classifier,
    coalesce(summary.dataset, leaderboard.dataset) as dataset,
    coalesce(summary.split, leaderboard.split) as split,
    leaderboard.n_samples,
    leaderboard.rank,
    leaderboard.rank_best,
    leaderboard.rank_worst,
    leaderboard.worst_group_accuracy,
    leaderboard.n_samples_worst
from classifier_summary as summary
full outer join leaderboard
    on
        summary.classifier = leaderboard.classifier
        and summary.dataset = leaderboard.dataset
        and summary.split is not distinct from leaderboard.split
where
    leaderboard.n_samples is distinct from summary.n_samples
    or (leaderboard.rank is null) <> (summary.seen is not null)
    or leaderboard.rank < 1
    or not (leaderboard.rank between leaderboard.rank_best and leaderboard.rank_worst)
    or not (leaderboard.worst_group_accuracy between 0 and 1)
    or (
        leaderboard.worst_group_accuracy is not null
        and coalesce(leaderboard.n_samples_worst, 0) < 1
    )
