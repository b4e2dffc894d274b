-- model_names: short names of models, without what all models of an attribute have in common
-- grain: attribute, model
-- units: model is architecture and pretrained weights as the encoder has them
-- reads: classifiers, encoders
-- note: samples seen and batch size are left out of the weights where models differ without them; of a single model
-- nothing but them is left out. An encoder without a classifier counts for each attribute
with used as (
    select distinct
        attribute,
        encoder_id
    from classifiers
    where encoder_id is not null
),

-- an encoder without any classifier is one of every attribute
models as (
    select
        attribute,
        encoder_id
    from used
    union all
    select
        attributes.attribute,
        encoders.encoder_id
    from encoders
    anti join used using (encoder_id)
    cross join (select distinct attribute from classifiers) as attributes
),

known as (
    select distinct
        models.attribute,
        encoders.architecture,
        regexp_replace(encoders.pretrained, '_s[0-9.]+[bm]_b[0-9]+k$', '') as weights,
        concat_ws(' ', encoders.architecture, encoders.pretrained) as model
    from models
    inner join encoders using (encoder_id)
),

varying as (
    select
        attribute,
        count(*) as n_models,
        count(distinct architecture) > 1 as by_architecture,
        count(distinct weights) > 1 as by_weights
    from known
    group by all
),

shortened as (
    select
        known.*,
        if(
            varying.n_models = 1,
            concat_ws(' ', known.architecture, known.weights),
            concat_ws(
                ' ',
                if(varying.by_architecture, known.architecture, null),
                if(varying.by_weights, known.weights, null)
            )
        ) as short
    from known
    inner join varying using (attribute)
)

select
    attribute,
    model,
    if(short = '' or count(*) over (partition by attribute, short) > 1, model, short) as short_name
from shortened
