-- gap_comparison: whether the gap between best and worst group of one classifier is larger than that of another
-- grain: attribute, dataset, split, group_attribute, classifier_a, classifier_b
-- units: gaps and their difference (a - b) are fractions; ci_low and ci_high: 95 % interval of the difference; n_samples
-- counts the samples that both were judged on, of the groups that take part
-- reads: judged_words, classifiers, label_taxonomies, sample_cells, cell_groups, cluster_effects, if_enough,
-- pair_correlation, wilson_low, wilson_high, seen_by
-- source: Zou and Donner 2008, 10.1002/sim.3095: limits of sums of independent parts, here the at most four extreme
-- groups; within a group Newcombe 1998, 10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C, method 10,
-- since both classifiers judged the same samples
-- note: the interval is of the extreme groups as they are; where classifiers have the same gap, or none, it covers a
-- little more than 95 %. It is of one pair: of many, some lie off 0 by chance. Groups with fewer than min_samples
-- samples (a setting of the store) take no part. Where samples show the same person (see cluster_effects) a group is worth
-- as many fewer samples as the more correlated of the two classifiers says
with words as materialized (
    select
        judged_words.*,
        classifiers.name as classifier,
        classifiers.attribute
    from judged_words
    inner join classifiers using (classifier_id)
),

cell_words as (
    select
        dataset,
        cell,
        sample_id >> 6 as word,
        bit_or(1::ubigint << (sample_id & 63)::ubigint) as members
    from sample_cells
    group by all
),

words_by_group as materialized (
    select
        cell_words.dataset,
        cell_groups.group_attribute,
        cell_groups.group_name,
        cell_words.word,
        bit_or(cell_words.members) as members
    from cell_words
    inner join cell_groups using (cell)
    where cell_groups.group_attribute <> 'overall'
    group by all
),

pairs as (
    select
        a.attribute,
        a.dataset,
        a.split,
        a.word,
        a.classifier as classifier_a,
        b.classifier as classifier_b,
        a.judged & b.judged as judged,
        a.is_right & b.judged as is_right_a,
        b.is_right & a.judged as is_right_b
    from words as a
    inner join words as b
        on
            a.attribute = b.attribute
            and a.dataset = b.dataset
            and a.split is not distinct from b.split
            and a.word = b.word
            and a.classifier < b.classifier
),

groups as (
    select
        pairs.attribute,
        pairs.dataset,
        pairs.split,
        words_by_group.group_attribute,
        pairs.classifier_a,
        pairs.classifier_b,
        words_by_group.group_name,
        sum(bit_count(pairs.judged & words_by_group.members))::bigint as n,
        sum(bit_count(pairs.is_right_a & words_by_group.members))::bigint as n_right_a,
        sum(bit_count(pairs.is_right_b & words_by_group.members))::bigint as n_right_b,
        sum(bit_count(pairs.is_right_a & pairs.is_right_b & words_by_group.members))::bigint as n_both
    from pairs
    inner join words_by_group
        on
            pairs.dataset = words_by_group.dataset
            and pairs.word = words_by_group.word
    group by all
    having sum(bit_count(pairs.judged & words_by_group.members)) > 0
),

rated as (
    select
        *,
        if_enough(n_right_a / n, n) as accuracy_a,
        n_right_b / n as accuracy_b
    from groups
),

extremes as (
    select
        attribute,
        dataset,
        split,
        group_attribute,
        classifier_a,
        classifier_b,
        count(*) as n_groups,
        sum(n)::bigint as n_samples,
        max(accuracy_a) - min(accuracy_a) as gap_a,
        max(accuracy_b) - min(accuracy_b) as gap_b,
        arg_max(group_name, { 'accuracy': accuracy_a, 'name': group_name }) as best_group_a,
        arg_min(group_name, { 'accuracy': accuracy_a, 'name': group_name }) as worst_group_a,
        arg_max(group_name, { 'accuracy': accuracy_b, 'name': group_name }) as best_group_b,
        arg_min(group_name, { 'accuracy': accuracy_b, 'name': group_name }) as worst_group_b
    from rated
    where accuracy_a is not null
    group by all
    having count(*) > 1
),

-- gap_a - gap_b is the sum over groups of sign_a * accuracy_a - sign_b * accuracy_b
signed as (
    select
        rated.*,
        (rated.group_name = extremes.best_group_a)::integer
        - (rated.group_name = extremes.worst_group_a)::integer as sign_a,
        (rated.group_name = extremes.best_group_b)::integer
        - (rated.group_name = extremes.worst_group_b)::integer as sign_b,
        least(
            coalesce(of_a.n_effective / of_a.n_samples, 1),
            coalesce(of_b.n_effective / of_b.n_samples, 1)
        ) as worth
    from rated
    inner join extremes
        on
            rated.attribute = extremes.attribute
            and rated.dataset = extremes.dataset
            and rated.split is not distinct from extremes.split
            and rated.group_attribute = extremes.group_attribute
            and rated.classifier_a = extremes.classifier_a
            and rated.classifier_b = extremes.classifier_b
    left join cluster_effects as of_a
        on
            rated.classifier_a = of_a.classifier
            and rated.dataset = of_a.dataset
            and rated.split is not distinct from of_a.split
            and rated.group_attribute = of_a.group_attribute
            and rated.group_name = of_a.group_name
    left join cluster_effects as of_b
        on
            rated.classifier_b = of_b.classifier
            and rated.dataset = of_b.dataset
            and rated.split is not distinct from of_b.split
            and rated.group_attribute = of_b.group_attribute
            and rated.group_name = of_b.group_name
    where
        rated.group_name in (
            extremes.best_group_a,
            extremes.worst_group_a,
            extremes.best_group_b,
            extremes.worst_group_b
        )
),

-- how far each part of a group may lie below and above what it is
reaches as (
    select
        *,
        sign_a * sign_b * pair_correlation(
            n_both * worth,
            (n_right_a - n_both) * worth,
            (n_right_b - n_both) * worth,
            (n - n_right_a - n_right_b + n_both) * worth
        ) as correlation,
        accuracy_a - wilson_low(n_right_a * worth, n * worth) as under_a,
        wilson_high(n_right_a * worth, n * worth) - accuracy_a as over_a,
        accuracy_b - wilson_low(n_right_b * worth, n * worth) as under_b,
        wilson_high(n_right_b * worth, n * worth) - accuracy_b as over_b,
        abs(sign_a) * if(sign_a > 0, under_a, over_a) as below_a,
        abs(sign_a) * if(sign_a > 0, over_a, under_a) as above_a,
        abs(sign_b) * if(sign_b > 0, over_b, under_b) as below_b,
        abs(sign_b) * if(sign_b > 0, under_b, over_b) as above_b
    from signed
),

intervals as (
    select
        attribute,
        dataset,
        split,
        group_attribute,
        classifier_a,
        classifier_b,
        sqrt(sum(
            greatest(below_a ** 2 + below_b ** 2 - 2 * correlation * below_a * below_b, 0)
        )) as below,
        sqrt(sum(
            greatest(above_a ** 2 + above_b ** 2 - 2 * correlation * above_a * above_b, 0)
        )) as above
    from reaches
    group by all
)

select
    extremes.attribute,
    label_taxonomies.taxonomy,
    extremes.dataset,
    extremes.split,
    extremes.group_attribute,
    extremes.classifier_a,
    extremes.classifier_b,
    seen_by(extremes.classifier_a, extremes.dataset, extremes.split) as seen_a,
    seen_by(extremes.classifier_b, extremes.dataset, extremes.split) as seen_b,
    extremes.n_groups,
    extremes.n_samples,
    extremes.gap_a,
    extremes.best_group_a,
    extremes.worst_group_a,
    extremes.gap_b,
    extremes.best_group_b,
    extremes.worst_group_b,
    extremes.gap_a - extremes.gap_b as difference,
    greatest(-1, extremes.gap_a - extremes.gap_b - intervals.below) as ci_low,
    least(1, extremes.gap_a - extremes.gap_b + intervals.above) as ci_high
from extremes
inner join intervals
    on
        extremes.attribute = intervals.attribute
        and extremes.dataset = intervals.dataset
        and extremes.split is not distinct from intervals.split
        and extremes.group_attribute = intervals.group_attribute
        and extremes.classifier_a = intervals.classifier_a
        and extremes.classifier_b = intervals.classifier_b
inner join label_taxonomies
    on
        extremes.attribute = label_taxonomies.attribute
        and extremes.dataset = label_taxonomies.dataset
