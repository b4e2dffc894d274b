-- settings_are_usable: min_samples is set, to a whole number of at least 1; without it no group has a rate
-- audits: settings
-- reads: settings
-- todo: `facestore settings min_samples 1`
select
    known.setting,
    settings.value
from (select 'min_samples' as setting) as known
left join settings on known.setting = settings.setting
where
    try_cast(settings.value as bigint) is null
    or try_cast(settings.value as bigint) < 1
