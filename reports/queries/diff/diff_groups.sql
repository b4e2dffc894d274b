-- diff_groups: Accuracy by group before and after
-- text: Groups by one label, each accuracy with its 95 % Wilson interval, and the difference after minus before with its
-- 95 % interval by Newcombe: of pairs where the group has exactly the same judged samples in both stores (is paired),
-- else as of independent samples, as a rule wider than it need be. Groups of which no judgement changed are left out;
-- a group that one of the stores calls too small (min_samples) has no rates. With many groups some
-- intervals miss 0 by chance alone.
-- empty: In no group of a classifier of both stores did a judgement change.
-- layout: blocks
-- head: group_name
-- with: pairs judged_both
with groups_of_both as materialized (
    select
        pairs.sample_id_after as sample_id,
        after.group_attribute,
        after.group_name
    from pairs
    inner join sample_groups as after on pairs.sample_id_after = after.sample_id
    inner join other.sample_groups as before
        on
            pairs.sample_id_before = before.sample_id
            and after.group_attribute = before.group_attribute
            and after.group_name = before.group_name
    where not contains(after.group_attribute, ' x ')
),

common as (
    select
        judged_both.classifier,
        judged_both.attribute,
        judged_both.dataset,
        judged_both.split,
        groups_of_both.group_attribute,
        groups_of_both.group_name,
        count(*) as n_common,
        count(*) filter (where judged_both.is_right_after and judged_both.is_right_before) as n_both_right,
        count(*) filter (where judged_both.is_right_after and not judged_both.is_right_before) as n_only_after,
        count(*) filter (where not judged_both.is_right_after and judged_both.is_right_before) as n_only_before,
        count(*) filter (where not judged_both.is_right_after and not judged_both.is_right_before) as n_both_wrong
    from judged_both
    inner join groups_of_both using (sample_id)
    group by all
),

shares as (
    select
        after.dataset,
        after.split,
        after.attribute,
        after.classifier,
        after.group_attribute,
        after.group_name,
        before.n_samples as n_samples_before,
        before.n_correct as n_right_before,
        before.accuracy as accuracy_before,
        before.ci_low as before_ci_low,
        before.ci_high as before_ci_high,
        after.n_samples as n_samples_after,
        after.n_correct as n_right_after,
        after.accuracy as accuracy_after,
        after.ci_low as after_ci_low,
        after.ci_high as after_ci_high,
        coalesce(
            common.n_common = before.n_samples and common.n_common = after.n_samples, false
        ) as is_paired,
        if(
            is_paired,
            pair_correlation(
                common.n_both_right, common.n_only_after, common.n_only_before, common.n_both_wrong
            ),
            0
        ) as correlation,
        accuracy_after - accuracy_before as difference,
        is_paired and common.n_only_before + common.n_only_after = 0 as is_unchanged
    from accuracy_by_group as after
    inner join other.accuracy_by_group as before
        on
            after.classifier = before.classifier
            and after.attribute = before.attribute
            and after.dataset = before.dataset
            and after.split is not distinct from before.split
            and after.group_attribute = before.group_attribute
            and after.group_name = before.group_name
    left join common
        on
            after.classifier = common.classifier
            and after.dataset = common.dataset
            and after.split is not distinct from common.split
            and after.group_attribute = common.group_attribute
            and after.group_name = common.group_name
    where not contains(after.group_attribute, ' x ')
)

select
    shares.dataset,
    shares.split,
    shares.attribute,
    shares.classifier,
    shares.group_attribute,
    shares.group_name,
    shares.accuracy_before,
    shares.accuracy_after,
    shares.difference,
    if(
        shares.difference is not null,
        difference_low(
            shares.n_right_after,
            shares.n_samples_after,
            shares.n_right_before,
            shares.n_samples_before,
            shares.correlation
        ),
        null
    ) as ci_low,
    if(
        shares.difference is not null,
        difference_high(
            shares.n_right_after,
            shares.n_samples_after,
            shares.n_right_before,
            shares.n_samples_before,
            shares.correlation
        ),
        null
    ) as ci_high,
    shares.is_paired,
    shares.n_samples_before,
    shares.before_ci_low,
    shares.before_ci_high,
    shares.n_samples_after,
    shares.after_ci_low,
    shares.after_ci_high
from shares
left join classes
    on
        shares.group_attribute = classes.attribute
        and shares.group_name = classes.class
where not shares.is_unchanged
order by
    shares.dataset,
    shares.split,
    list_position(['gender', 'race', 'age'], shares.attribute),
    shares.attribute,
    shares.classifier,
    list_position(['overall', 'gender', 'race', 'age'], shares.group_attribute),
    shares.group_attribute,
    classes.ordinal,
    shares.group_name
