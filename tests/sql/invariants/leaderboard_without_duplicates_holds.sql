-- leaderboard_without_duplicates_holds: raw ranks are those of the leaderboard; without removed samples both ranks are judged on the same
-- audits: leaderboard_without_duplicates
-- reads: leaderboard_without_duplicates, leaderboard
-- todo: the view is wrong
select
    found.classifier,
    found.dataset,
    found.split,
    found.n_removed,
    found.accuracy_raw,
    found.accuracy_dedup,
    found.rank_raw,
    found.rank_dedup,
    leaderboard.rank
from leaderboard_without_duplicates as found
left join leaderboard
    on
        found.classifier = leaderboard.classifier
        and found.dataset = leaderboard.dataset
        and found.split is not distinct from leaderboard.split
where
    found.rank_raw is distinct from leaderboard.rank
    or (found.n_removed = 0 and not coalesce(found.accuracy_raw = found.accuracy_dedup, false))
    or (found.accuracy_dedup is null or found.seen is not null) <> (found.rank_dedup is null)
    or found.rank_dedup < 1
    or not (found.ci_low between 0 and found.accuracy_dedup + 1e-9)
    or not (found.ci_high between found.accuracy_dedup - 1e-9 and 1)
