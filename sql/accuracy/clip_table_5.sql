-- clip_table_5: gender accuracy by race, for men, women and both, as table 5 of the CLIP paper
-- grain: classifier, dataset, split, race, gender
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval; n_races counts the
-- races that the row's accuracy is of, n_races_too_small those left out of it
-- reads: accuracy_by_group
-- source: Radford et al. 2021, arXiv 2103.00020, section 7.1
-- note: race 'Average' is the plain mean over the races, as in the paper, and has no interval; its samples are those of
-- the races in the mean. Races with fewer than min_samples samples (a setting of the store) are in none; gender 'All' is
-- both together
with cells as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        seen,
        if(group_attribute = 'race', group_name, split_part(group_name, ' x ', 2)) as race,
        if(group_attribute = 'race', 'All', split_part(group_name, ' x ', 1)) as gender,
        n_samples,
        n_correct,
        accuracy,
        ci_low,
        ci_high
    from accuracy_by_group
    where
        attribute = 'gender'
        and group_attribute in ('race', 'gender x race')
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    race,
    gender,
    n_samples,
    n_correct,
    accuracy,
    ci_low,
    ci_high,
    if(accuracy is null, 0, 1) as n_races,
    if(accuracy is null, 1, 0) as n_races_too_small
from cells
union all
select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    'Average' as race,
    gender,
    coalesce(sum(n_samples) filter (where accuracy is not null), 0)::bigint as n_samples,
    coalesce(sum(n_correct) filter (where accuracy is not null), 0)::bigint as n_correct,
    avg(accuracy) as accuracy,
    null as ci_low,
    null as ci_high,
    count(accuracy) as n_races,
    count(*) - count(accuracy) as n_races_too_small
from cells
group by all
