-- model_sizes: how large the models of a board are, and what one picture costs
-- grain: model
-- units: n_parameters of the whole encoder, n_parameters_image of its image tower; gflops: 1e9 floating point operations of the
-- image tower for a picture. NULL where no encoder of the model was loaded here
-- reads: benchmark, encoders, classifiers
-- note: a model as in benchmark: of what is made of prompts the encoder, by architecture and weights, of published figures
-- too; of a probe or head the encoder below it. Precision and size of the pictures may differ between encoders of one model:
-- the largest count is here
with loaded as (
    select
        concat_ws(' ', architecture, pretrained) as model,
        n_parameters,
        n_parameters_image,
        gflops
    from encoders
    union all
    select
        classifiers.name as model,
        encoders.n_parameters,
        encoders.n_parameters_image,
        encoders.gflops
    from classifiers
    inner join encoders using (encoder_id)
),

shown as (
    select distinct model
    from benchmark
)

select
    shown.model,
    max(loaded.n_parameters) as n_parameters,
    max(loaded.n_parameters_image) as n_parameters_image,
    max(loaded.gflops) as gflops
from shown
left join loaded using (model)
group by shown.model
