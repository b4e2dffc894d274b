-- if_enough(rate, n_group): a rate of a group, or NULL where the group is smaller than the store allows
-- grain: scalar
-- units: as the rate
-- reads: settings
-- note: `facestore settings min_samples 30` sets the limit; it is 30 in a new store
select if(
    n_group >= (
        select cast(settings.value as bigint)
        from settings
        where settings.setting = 'min_samples'
    ),
    rate,
    null
)
