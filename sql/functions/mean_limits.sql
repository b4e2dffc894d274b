-- mean_limits(mean, reach): limits of an interval of the mean of numbers that are not negative
-- grain: scalar
-- units: as the mean; reach is the quantile times the standard error; NULL where the interval has no upper end, as of a few
-- samples that differ much
-- reads:
-- note: symmetrical for 1 / sqrt(mean), as such means are skewed: the interval reaches farther up than down. In simulations
-- (docs/figures.md) that covers more than the plain interval, and than one of the logarithm
select case
    when mean = 0 and reach = 0 then { 'low': 0::double, 'high': 0::double }
    when mean > 0 and reach >= 0 and reach < 2 * mean
        then {
            'low': mean / (1 + reach / (2 * mean)) ** 2,
            'high': mean / (1 - reach / (2 * mean)) ** 2
        }
end
