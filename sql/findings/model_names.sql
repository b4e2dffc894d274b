-- model_names: short names of models, without what all models of an attribute have in common
-- grain: attribute, model
-- units: model is architecture and pretrained weights as the encoder has them
-- reads: classifiers, encoders
-- note: samples seen and batch size are left out of the weights where models differ without them; of a single model
-- nothing but them is left out
with known as (
    select distinct
        attributes.attribute,
        encoders.architecture,
        regexp_replace(encoders.pretrained, '_s[0-9.]+[bm]_b[0-9]+k$', '') as weights,
        concat_ws(' ', encoders.architecture, encoders.pretrained) as model
    from (select distinct attribute from classifiers) as attributes
    cross join encoders
    -- an encoder that predicts this attribute, or none
    left join classifiers
        on
            attributes.attribute = classifiers.attribute
            and encoders.encoder_id = classifiers.encoder_id
    where
        classifiers.classifier_id is not null
        or encoders.encoder_id not in (
            select encoder_id from classifiers where encoder_id is not null
        )
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
