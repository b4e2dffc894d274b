-- settings_are_usable: min_samples is a whole number of at least 1, duplicate_distance one from 0 to 12, and
-- keep_similarities auto, always or never
-- audits: settings
-- reads: settings
-- todo: `facestore settings min_samples 1`, `facestore settings duplicate_distance 5`, `facestore settings
--   keep_similarities auto`
with known as (
    select
        unnest(['min_samples', 'duplicate_distance', 'keep_similarities']) as setting,
        unnest([1, 0, null]) as lowest,
        unnest([null, 12, null]) as highest,
        unnest([null, null, ['auto', 'always', 'never']]) as words
)

select
    known.setting,
    settings.value
from known
left join settings on known.setting = settings.setting
where
    (
        known.words is null
        and (
            try_cast(settings.value as bigint) is null
            or try_cast(settings.value as bigint) < known.lowest
            or try_cast(settings.value as bigint) > known.highest
        )
    )
    or (known.words is not null and not coalesce(list_contains(known.words, settings.value), false))
