-- classifier_names: short names of classifiers, without what all of an attribute have in common
-- grain: classifier
-- units: model is architecture and pretrained weights, rule the way in which prompts are pooled, with its k, or 'one prompt';
-- NULL of a classifier that is not made from prompts. short_name has those of model, prompt_set and rule that differ between the
-- classifiers of the attribute
-- reads: classifiers, encoders, class_prompts
-- note: a prompt set is left out where model and rule are enough; where two short names would be the same, they are
-- the whole names
with singles as (
    select distinct
        prompt_set,
        attribute
    from class_prompts
    where k_max = 1
),

known as (
    select
        classifiers.name as classifier,
        classifiers.attribute,
        encoders.architecture,
        -- samples seen and batch size tell two checkpoints apart only where nothing else does
        regexp_replace(encoders.pretrained, '_s[0-9.]+[bm]_b[0-9]+k$', '') as weights,
        classifiers.prompt_set,
        case
            -- nothing to pool, so its k is no choice
            when singles.prompt_set is not null then 'one prompt'
            when classifiers.aggregation = 'topk' then 'top-' || classifiers.k
            else replace(classifiers.aggregation, '_', ' ')
        end as rule
    from classifiers
    left join encoders using (encoder_id)
    left join singles
        on
            classifiers.prompt_set = singles.prompt_set
            and classifiers.attribute = singles.attribute
),

varying as (
    select
        attribute,
        count(distinct coalesce(architecture, '')) > 1 as by_architecture,
        count(distinct coalesce(weights, '')) > 1 as by_weights,
        count(distinct coalesce(prompt_set, '')) > 1 as by_prompt_set,
        count(distinct coalesce(rule, '')) > 1 as by_rule
    from known
    group by all
),

parts as (
    select
        known.*,
        -- heads and imported predictions have a name of their own
        known.rule is not null and known.architecture is not null as is_made_of_parts,
        nullif(
            concat_ws(
                ' ',
                if(varying.by_architecture, known.architecture, null),
                if(varying.by_weights, known.weights, null)
            ),
            ''
        ) as of_model,
        if(varying.by_prompt_set, known.prompt_set, null) as of_prompts,
        if(varying.by_rule, known.rule, null) as of_rule
    from known
    inner join varying using (attribute)
),

-- a prompt set is named only where it tells apart what model and rule do not
shortened as (
    select
        *,
        concat_ws(', ', of_model, of_rule) as shortest,
        case
            when not is_made_of_parts then classifier
            -- the only one has nothing in common with others
            when coalesce(of_model, of_prompts, of_rule) is null
                then concat_ws(', ', concat_ws(' ', architecture, weights), rule)
            when shortest <> '' and count(*) over (partition by attribute, of_model, of_rule) = 1
                then shortest
            else concat_ws(', ', of_model, of_prompts, of_rule)
        end as short
    from parts
)

select
    classifier,
    attribute,
    concat_ws(' ', architecture, weights) as model,
    prompt_set,
    rule,
    if(count(*) over (partition by attribute, short) > 1, classifier, short) as short_name
from shortened
