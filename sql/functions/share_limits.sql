-- share_limits(share, typical_share, variance, n_all): limits of the 95 % interval of a share whose variance is known
-- grain: scalar
-- units: low and high are fractions in [0, 1]; typical_share is the one of which the variance is, the share itself or one
-- that is less extreme
-- reads: wilson_at, effective_samples
-- note: Wilson's interval of the effective number of samples, which reaches no farther than 0 and 1; of a plain share, whose
-- variance is share * (1 - share) / n_all, it is the Wilson interval
select wilson_at(
    share * effective_samples(typical_share, variance, n_all),
    effective_samples(typical_share, variance, n_all),
    1.959963984540054e0
)
