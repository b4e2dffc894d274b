-- title: Encoders
-- text: The models that turn images and texts into vectors. The same name with other weights,
-- precision or preprocessing gives other figures, so all of them are stated; what an import did not
-- tell is a dash.
select
    name as encoder,
    source,
    architecture,
    pretrained,
    precision,
    dim,
    logit_scale,
    weights_sha256,
    preprocessing,
    versions
from encoders
order by name
