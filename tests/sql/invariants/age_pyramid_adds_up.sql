-- age_pyramid_adds_up: the fractions of a race add up to 1, and counts to the samples that have all three labels
-- audits: age_pyramid
-- reads: age_pyramid, sample_groups, samples
-- todo: the view is wrong
with labelled as (
    select
        samples.dataset,
        samples.split,
        count(*) as n_found
    from samples
    inner join sample_groups on samples.sample_id = sample_groups.sample_id
    where sample_groups.group_attribute = 'age x gender x race'
    group by samples.dataset, samples.split
),

by_race as (
    select
        dataset,
        split,
        race,
        sum(n_samples) as n_samples,
        sum(fraction) as fraction
    from age_pyramid
    group by dataset, split, race
),

sums as (
    select
        dataset,
        split,
        sum(n_samples) as n_samples,
        max(abs(fraction - 1)) as worst_difference
    from by_race
    group by dataset, split
)

select
    coalesce(labelled.dataset, sums.dataset) as dataset,
    coalesce(labelled.split, sums.split) as split,
    sums.n_samples,
    labelled.n_found,
    sums.worst_difference
from labelled
full outer join sums
    on
        labelled.dataset = sums.dataset
        and labelled.split is not distinct from sums.split
where
    labelled.n_found is distinct from sums.n_samples
    or not coalesce(sums.worst_difference < 1e-9, false)
