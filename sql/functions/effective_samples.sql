-- effective_samples(share, variance, n_all): the number of samples of which one share would vary as much
-- grain: scalar
-- units: samples, rarely a whole number; n_all where nothing varies; share is in [0, 1]
-- reads:
-- source: Rao and Scott 1992, 10.2307/2532311
select coalesce(nullif(share * (1 - share), 0) / nullif(variance, 0), n_all)
