-- settings_are_usable: min_samples is a whole number of at least 1, duplicate_distance one from 0 to 12
-- audits: settings
-- reads: settings
-- todo: `facestore settings min_samples 1`, `facestore settings duplicate_distance 5`
select
    known.setting,
    settings.value
from (
    select
        unnest(['min_samples', 'duplicate_distance']) as setting,
        unnest([1, 0]) as lowest,
        unnest([null, 12]) as highest
) as known
left join settings on known.setting = settings.setting
where
    try_cast(settings.value as bigint) is null
    or try_cast(settings.value as bigint) < known.lowest
    or try_cast(settings.value as bigint) > known.highest
