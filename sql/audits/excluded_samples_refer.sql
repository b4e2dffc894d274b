-- excluded_samples_refer: what is left out is a sample, and what is kept instead is one of the same data set that is not left out
-- audits: excluded_samples
-- reads: excluded_samples, samples
-- todo: `facestore dedup --policy POLICY` again, or `facestore dedup --undo`
select
    excluded_samples.sample_id,
    excluded_samples.reason,
    excluded_samples.policy,
    excluded_samples.max_distance,
    excluded_samples.kept_sample_id
from excluded_samples
left join samples on excluded_samples.sample_id = samples.sample_id
left join samples as kept on excluded_samples.kept_sample_id = kept.sample_id
left join excluded_samples as kept_and_excluded
    on excluded_samples.kept_sample_id = kept_and_excluded.sample_id
where
    samples.sample_id is null
    or excluded_samples.reason not in ('same content', 'nearly the same', 'labels conflict')
    or excluded_samples.policy not in ('keep-one', 'drop-conflicting', 'drop-all')
    or excluded_samples.max_distance not between 0 and 12
    or kept_and_excluded.sample_id is not null
    or (
        excluded_samples.kept_sample_id is not null
        and kept.dataset is distinct from samples.dataset
    )
