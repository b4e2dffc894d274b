-- clip_table_5: gender accuracy by race, for men, women and both, as table 5 of the CLIP paper
-- grain: classifier, dataset, split, race, gender
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval
-- reads: accuracy_by_group
-- source: Radford et al. 2021, arXiv 2103.00020, section 7.1
-- note: race 'Average' is the plain mean over the races, as in the paper, and has no interval; gender
-- 'All' is both together
with cells as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
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
    race,
    gender,
    n_samples,
    n_correct,
    accuracy,
    ci_low,
    ci_high
from cells
union all
select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    'Average' as race,
    gender,
    sum(n_samples)::bigint as n_samples,
    sum(n_correct)::bigint as n_correct,
    avg(accuracy) as accuracy,
    null as ci_low,
    null as ci_high
from cells
group by all
