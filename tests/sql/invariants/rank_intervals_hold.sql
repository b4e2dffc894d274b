-- rank_intervals_hold: ranks are those of the leaderboard, between the ranks that are possible
-- audits: rank_intervals
-- reads: rank_intervals, leaderboard
-- todo: the view is wrong
select
    coalesce(leaderboard.classifier, found.classifier) as classifier,
    coalesce(leaderboard.dataset, found.dataset) as dataset,
    coalesce(leaderboard.split, found.split) as split,
    leaderboard.rank,
    found.rank as found_rank,
    found.rank_best,
    found.rank_worst,
    found.n_ranked,
    found.critical_value
from leaderboard
full outer join rank_intervals as found
    on
        leaderboard.classifier = found.classifier
        and leaderboard.dataset = found.dataset
        and leaderboard.split is not distinct from found.split
where
    leaderboard.rank is distinct from found.rank
    or found.rank_best < 1
    or found.rank_worst > found.n_ranked
    or not (found.rank between found.rank_best and found.rank_worst)
    or not (coalesce(found.critical_value, 1.96) between 1.9599 and 40)
