-- encoders_are_plausible: width and logit scale of an encoder are positive; one of open_clip says what its weights are
-- audits: encoders
-- reads: encoders
-- todo: ingest or score with this encoder again in a new store
select
    encoder_id,
    name,
    source,
    dim,
    logit_scale,
    weights_sha256
from encoders
where
    dim <= 0
    or logit_scale <= 0
    or not isfinite(logit_scale)
    or (source = 'open_clip' and (dim is null or weights_sha256 is null))
