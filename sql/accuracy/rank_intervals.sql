-- rank_intervals: the ranks of the leaderboard, and which ranks classifiers may have, as they are judged on the same samples
-- grain: classifier, dataset, split
-- units: ranks from 1, of n_ranked classifiers; rank_best to rank_worst: 95 % interval of the rank; critical_value: how many
-- standard errors apart two have to be; NULL without a rival that is right on other samples
-- reads: classifier_summary, classifiers, numbered_splits, judged_pairs, both_beyond, z_of_pairs
-- source: Mogstad, Romano, Shaikh and Wilhelm 2024, 10.1093/restud/rdad006: a rank lies between those surely above and those
-- surely below, by intervals of all differences of one classifier at once. Standard errors: McNemar 1947. Critical value:
-- Hunter 1976, 10.2307/3212481: Bonferroni's bound less the tails that neighbours in a tree have in common; Holm 1979
-- note: narrower than rank_best and rank_worst of leaderboard, which compare intervals of single accuracies. A sample
-- without a prediction counts as wrong; pictures of one person are as many samples as those of the more correlated
-- classifier are worth (see cluster_effects). A classifier that was trained or tuned on the split takes no part
with entrants as (
    select
        summary.classifier,
        summary.attribute,
        summary.dataset,
        summary.split,
        classifiers.classifier_id,
        numbered_splits.split_number,
        round(summary.accuracy * summary.n_samples)::bigint as n_right,
        summary.n_effective / summary.n_samples as worth,
        row_number() over (
            partition by summary.attribute, numbered_splits.split_number
            order by round(summary.accuracy * summary.n_samples) desc, summary.classifier asc
        ) as place
    from classifier_summary as summary
    inner join classifiers on summary.classifier = classifiers.name
    inner join numbered_splits
        on
            summary.dataset = numbered_splits.dataset
            and summary.split is not distinct from numbered_splits.split
    where summary.seen is null
),

met as materialized (
    select
        split_number,
        classifier_id_a,
        classifier_id_b,
        n_both_right
    from judged_pairs
),

both_ways as (
    select
        split_number,
        classifier_id_a as one,
        classifier_id_b as other,
        n_both_right
    from met
    union all
    select
        split_number,
        classifier_id_b as one,
        classifier_id_a as other,
        n_both_right
    from met
),

-- n_apart: on how many samples one is right and the other is not, whichever it is
pairs as materialized (
    select
        one.split_number,
        one.classifier_id as one,
        other.classifier_id as other,
        other.place,
        other.n_right - one.n_right as lead,
        one.n_right,
        least(one.worth, other.worth) as worth,
        coalesce(both_ways.n_both_right, 0) as n_both_right,
        greatest(one.n_right + other.n_right - 2 * coalesce(both_ways.n_both_right, 0), 0) as n_apart
    from entrants as one
    inner join entrants as other
        on
            one.attribute = other.attribute
            and one.split_number = other.split_number
            and one.classifier_id <> other.classifier_id
    left join both_ways
        on
            one.split_number = both_ways.split_number
            and one.classifier_id = both_ways.one
            and other.classifier_id = both_ways.other
),

-- A tree over the rivals of each: every one hangs on that before it in rank whose difference goes most with its own.
tree as (
    select
        rival.split_number,
        rival.one,
        rival.other,
        arg_max(before.other, shared.correlation) as parent,
        max(shared.correlation) as correlation
    from pairs as rival
    inner join pairs as before
        on
            rival.split_number = before.split_number
            and rival.one = before.one
            and rival.place > before.place
    inner join pairs as between
        on
            rival.split_number = between.split_number
            and rival.other = between.one
            and before.other = between.other
    cross join
        lateral (
            select abs(
                rival.n_right - rival.n_both_right - before.n_both_right + between.n_both_right
            ) / sqrt(rival.n_apart * before.n_apart) as correlation
        ) as shared
    where rival.n_apart > 0 and before.n_apart > 0
    group by all
),

families as (
    select
        *,
        count(*) over (partition by split_number, one) as n_rivals
    from pairs
    where n_apart > 0
),

-- n_tails: for how many independent rivals a rival counts; its parent has the rest of its tails
rivals as materialized (
    select
        families.split_number,
        families.one,
        families.other,
        tree.parent,
        families.lead / sqrt(families.n_apart) * sqrt(families.worth) as errors_apart,
        if(
            tree.parent is null,
            1,
            1 - 20 * families.n_rivals * both_beyond(tree.correlation, families.n_rivals)
        ) as n_tails
    from families
    left join tree using (split_number, one, other)
),

critical as (
    select
        split_number,
        one,
        z_of_pairs(greatest(1, sum(n_tails))) as z
    from rivals
    group by all
),

left_open as (
    select
        rivals.split_number,
        rivals.one,
        rivals.other,
        rivals.parent,
        rivals.n_tails
    from rivals
    inner join critical using (split_number, one)
    where abs(rivals.errors_apart) <= critical.z
),

-- Holm's step: those that are decided count no more among the others.
critical_of_open as (
    select
        left_open.split_number,
        left_open.one,
        z_of_pairs(greatest(1, sum(if(parents.other is null, 1, left_open.n_tails)))) as z
    from left_open
    left join left_open as parents
        on
            left_open.split_number = parents.split_number
            and left_open.one = parents.one
            and left_open.parent = parents.other
    group by all
),

decided as (
    select
        rivals.split_number,
        rivals.one,
        any_value(coalesce(critical_of_open.z, critical.z)) as z,
        count(*) filter (where rivals.errors_apart > 0) as n_above,
        count(*) filter (where rivals.errors_apart > coalesce(critical_of_open.z, critical.z))
            as n_surely_above,
        count(*) filter (where -rivals.errors_apart > coalesce(critical_of_open.z, critical.z))
            as n_surely_below
    from rivals
    inner join critical using (split_number, one)
    left join critical_of_open using (split_number, one)
    group by all
),

ranked as (
    select
        entrants.*,
        count(*) over (partition by entrants.attribute, entrants.split_number) as n_ranked,
        coalesce(decided.n_above, 0) as n_above,
        coalesce(decided.n_surely_above, 0) as n_surely_above,
        coalesce(decided.n_surely_below, 0) as n_surely_below,
        decided.z
    from entrants
    left join decided
        on
            entrants.split_number = decided.split_number
            and entrants.classifier_id = decided.one
)

select
    classifier,
    attribute,
    dataset,
    split,
    n_ranked,
    n_above + 1 as rank,
    n_surely_above + 1 as rank_best,
    n_ranked - n_surely_below as rank_worst,
    z as critical_value
from ranked
