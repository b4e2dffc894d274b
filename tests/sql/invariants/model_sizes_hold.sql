-- model_sizes_hold: each model of a board has the largest size that an encoder of it was loaded with, and no other one is there
-- audits: model_sizes
-- reads: model_sizes, benchmark, encoders, classifiers
-- todo: the view is wrong
with said as (
    select
        models.model,
        (
            select max(encoders.n_parameters)
            from encoders
            left join classifiers on encoders.encoder_id = classifiers.encoder_id
            where
                encoders.architecture || coalesce(' ' || encoders.pretrained, '') = models.model
                or classifiers.name = models.model
        ) as n_parameters,
        (
            select max(encoders.gflops)
            from encoders
            left join classifiers on encoders.encoder_id = classifiers.encoder_id
            where
                encoders.architecture || coalesce(' ' || encoders.pretrained, '') = models.model
                or classifiers.name = models.model
        ) as gflops
    from (select distinct model from benchmark) as models
)

select
    coalesce(said.model, found.model) as model,
    found.n_parameters,
    found.n_parameters_image,
    found.gflops
from said
full join model_sizes as found on said.model = found.model
where
    said.model is null
    or found.model is null
    or said.n_parameters is distinct from found.n_parameters
    or said.gflops is distinct from found.gflops
    or found.n_parameters_image > found.n_parameters
