-- split_balance_adds_up: the splits of a group add up to it, as found and as expected
-- audits: split_balance
-- reads: split_balance, samples, sample_groups
-- todo: the view is wrong
with sums as (
    select
        dataset,
        group_attribute,
        group_name,
        any_value(n_in_all_splits) as n_in_all_splits,
        sum(n_samples) as n_samples,
        sum(n_expected) as n_expected,
        count(*) as n_splits,
        count(distinct is_too_small) as n_answers,
        any_value(is_too_small) as is_too_small
    from split_balance
    group by dataset, group_attribute, group_name
),

counted as (
    select
        samples.dataset,
        sample_groups.group_attribute,
        sample_groups.group_name,
        count(*) as n_found
    from samples
    inner join sample_groups on samples.sample_id = sample_groups.sample_id
    where samples.split is not null
    group by samples.dataset, sample_groups.group_attribute, sample_groups.group_name
)

select
    sums.dataset,
    sums.group_attribute,
    sums.group_name,
    sums.n_samples,
    sums.n_expected,
    sums.n_in_all_splits,
    counted.n_found
from sums
left join counted
    on
        sums.dataset = counted.dataset
        and sums.group_attribute = counted.group_attribute
        and sums.group_name = counted.group_name
where
    sums.n_samples is distinct from counted.n_found
    or sums.n_in_all_splits is distinct from counted.n_found
    or not coalesce(abs(sums.n_expected - counted.n_found) < 1e-6, false)
    or sums.n_splits < 2
    or sums.n_answers <> 1
    or sums.is_too_small <> (sums.n_in_all_splits < sums.n_splits)
