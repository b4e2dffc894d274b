-- leakage_by_split_adds_up: every split is there with its samples; leaking ones are among them
-- audits: leakage_by_split
-- reads: leakage_by_split, samples
-- todo: the view is wrong
with expected as (
    select
        dataset,
        split,
        count(*) as n_samples
    from samples
    where split is not null
    group by dataset, split
)

select
    expected.dataset,
    expected.split,
    expected.n_samples as n_expected,
    leakage_by_split.n_samples,
    leakage_by_split.n_leaking,
    leakage_by_split.n_same_content,
    leakage_by_split.leaking_share
from expected
left join leakage_by_split
    on
        expected.dataset = leakage_by_split.dataset
        and expected.split = leakage_by_split.split
where
    leakage_by_split.n_samples is distinct from expected.n_samples
    or coalesce(leakage_by_split.n_leaking not between 0 and expected.n_samples, true)
    or coalesce(
        leakage_by_split.n_same_content not between 0 and leakage_by_split.n_leaking, true
    )
    or not (
        abs(leakage_by_split.leaking_share - leakage_by_split.n_leaking / expected.n_samples) < 1e-9
    )
    or leakage_by_split.leaking_share is null
