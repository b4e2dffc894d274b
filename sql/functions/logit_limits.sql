-- logit_limits(share, error): the 95 % interval of a share in (0, 1), symmetric on the logit scale
-- grain: scalar
-- units: error is the standard error of the share; low and high are within (0, 1), and NULL where the error is 0 or NULL
-- reads:
-- source: Pepe 2003, The Statistical Evaluation of Medical Tests, 5.2
select {
    'low': share / (
        share + (1 - share) * exp(1.959963984540054e0 * nullif(error, 0) / nullif(share * (1 - share), 0))
    ),
    'high': share / (
        share + (1 - share) * exp(-1.959963984540054e0 * nullif(error, 0) / nullif(share * (1 - share), 0))
    )
}
