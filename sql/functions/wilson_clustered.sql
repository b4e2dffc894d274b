-- wilson_clustered(n_right, n_all, n_effective): 95 % Wilson interval of a share of samples that are worth n_effective ones
-- grain: scalar
-- units: low and high are fractions in [0, 1]; NULL without observations; with an n_effective of n_all it is that of
-- wilson_low and wilson_high to the last bit
-- reads: wilson_low, wilson_high
-- source: Rao and Scott 1992, 10.2307/2532311; Korn and Graubard 1998
-- note: n_effective is that of cluster_effects: samples of the same person are fewer observations
select {
    'low': wilson_low(n_right * (n_effective / n_all), n_effective::double),
    'high': wilson_high(n_right * (n_effective / n_all), n_effective::double)
}
