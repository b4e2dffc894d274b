-- encoders: Encoders
-- text: The models that turn images and texts into vectors. The same name with other weights,
-- precision or preprocessing gives other figures, so all of them are stated; what an import did not
-- tell is a dash.
-- empty: No encoder is known yet.
-- command: facestore ingest FOLDER --model ViT-L-14,laion2b_s32b_b82k
-- head: encoder
select
    name as encoder,
    source,
    architecture,
    pretrained,
    precision,
    dim,
    logit_scale,
    logit_bias,
    n_parameters,
    n_parameters_image,
    gflops,
    weights_sha256,
    preprocessing,
    versions
from encoders
order by name
