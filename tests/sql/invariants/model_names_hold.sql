-- model_names_hold: every model of a classifier has a short name, which no other one of its attribute has
-- audits: model_names
-- reads: model_names, classifiers, encoders
-- todo: the view is wrong
with named as (
    select
        attribute,
        model,
        short_name,
        count(*) over (partition by attribute, short_name) as n_same
    from model_names
),

used as (
    select distinct
        classifiers.attribute,
        concat_ws(' ', encoders.architecture, encoders.pretrained) as model
    from classifiers
    inner join encoders using (encoder_id)
)

select
    coalesce(named.attribute, used.attribute) as attribute,
    coalesce(named.model, used.model) as model,
    named.short_name
from named
full outer join used
    on named.attribute = used.attribute and named.model = used.model
where
    coalesce(named.short_name, '') = ''
    or named.n_same > 1
    or (
        used.model is null
        and concat_ws(' ', named.attribute, named.model) not in (
            select concat_ws(' ', known.attribute, concat_ws(' ', encoders.architecture, encoders.pretrained))
            from encoders
            cross join (select distinct attribute from classifiers) as known
        )
    )
