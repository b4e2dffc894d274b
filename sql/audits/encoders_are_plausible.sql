-- encoders_are_plausible: numbers of an encoder are such as a model has; one that was loaded here says what its weights are
-- audits: encoders
-- reads: encoders
-- todo: ingest or score with this encoder again in a new store
select
    encoder_id,
    name,
    source,
    dim,
    logit_scale,
    logit_bias,
    n_parameters,
    n_parameters_image,
    gflops,
    weights_sha256
from encoders
where
    dim <= 0
    or logit_scale <= 0
    or not isfinite(logit_scale)
    or not isfinite(logit_bias)
    or n_parameters <= 0
    or n_parameters_image <= 0
    or n_parameters_image > n_parameters
    or gflops <= 0
    or not isfinite(gflops)
    or (source = 'open_clip' and (dim is null or weights_sha256 is null))
