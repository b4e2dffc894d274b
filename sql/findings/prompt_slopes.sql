-- prompt_slopes: from one prompt a class to the ensemble of the same model, overall and group by group
-- grain: attribute, dataset, split, model, group_attribute, group_name
-- units: accuracies and difference (ensemble - one prompt) are fractions of n_samples of the group; ci_low and ci_high: 95 %
-- interval of the difference, that of groups for all rows of an attribute at once; verdict is 'better' or 'worse' where it
-- does not hold 0, or of all samples where p_value, which is theirs after Holm, is below 0.05; else 'may be chance'; model is
-- the short name of the model
-- reads: main_classifiers, model_names, gap_findings, classifier_summary, classifiers, encoders, class_prompts, accuracy_by_group,
-- classifier_comparison, wilson_at, z_of_pairs
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10, with
-- Bonferroni's correction
-- note: one prompt: a prompt set that names each class once. The ensemble: the prompt set and rule of the main classifier
-- where the model has them; else its mean or sum over all prompts, or else its largest k. Groups are those of the main
-- classifier's surest gap. The interval is that of independent samples, which for classifiers that judged the same ones is
-- rather too wide; the verdict of all samples is that of the paired test
with sizes as (
    select
        prompt_set,
        attribute,
        max(n_prompts) as n_prompts
    from class_prompts
    group by all
),

known as materialized (
    select
        classifiers.name as classifier,
        classifiers.attribute,
        classifiers.prompt_set,
        classifiers.aggregation,
        classifiers.k,
        encoders.architecture,
        encoders.pretrained,
        summary.taxonomy,
        summary.dataset,
        summary.split,
        summary.seen,
        coalesce(sizes.n_prompts = 1, false) as is_single
    from classifier_summary as summary
    inner join classifiers on summary.classifier = classifiers.name
    inner join encoders using (encoder_id)
    left join sizes
        on
            classifiers.prompt_set = sizes.prompt_set
            and classifiers.attribute = sizes.attribute
    where classifiers.prompt_set is not null and summary.seen is null
),

groups as materialized (
    select *
    from accuracy_by_group
    where accuracy is not null
),

-- of each model one classifier of either kind
ranked as (
    select
        known.*,
        row_number() over (
            partition by
                known.attribute, known.dataset, known.split, known.architecture, known.pretrained,
                known.is_single
            order by
                coalesce(
                    known.prompt_set = main.prompt_set
                    and known.aggregation = main.aggregation
                    and known.k is not distinct from main.k,
                    false
                ) desc,
                known.aggregation in ('sum', 'mean') desc,
                known.k desc nulls first,
                known.classifier asc
        ) as place
    from known
    left join main_classifiers
        on
            known.attribute = main_classifiers.attribute
            and known.dataset = main_classifiers.dataset
            and known.split is not distinct from main_classifiers.split
    left join classifiers as main on main_classifiers.classifier = main.name
),

pairs as materialized (
    select
        one.attribute,
        one.taxonomy,
        one.dataset,
        one.split,
        coalesce(
            model_names.short_name, concat_ws(' ', one.architecture, one.pretrained)
        ) as model,
        one.classifier as classifier_single,
        many.classifier as classifier_ensemble
    from ranked as one
    inner join ranked as many
        on
            one.attribute = many.attribute
            and one.dataset = many.dataset
            and one.split is not distinct from many.split
            and one.architecture = many.architecture
            and one.pretrained is not distinct from many.pretrained
    left join model_names
        on
            one.attribute = model_names.attribute
            and concat_ws(' ', one.architecture, one.pretrained) = model_names.model
    where one.is_single and not many.is_single and one.place = 1 and many.place = 1
),

met as (
    select
        pairs.*,
        one.group_attribute,
        one.group_name,
        least(one.n_samples, many.n_samples) as n_samples,
        one.accuracy as accuracy_single,
        one.n_effective as n_single,
        many.accuracy as accuracy_ensemble,
        many.n_effective as n_ensemble,
        count(*) over (partition by pairs.attribute, pairs.dataset, pairs.split) as n_rows
    from pairs
    left join gap_findings
        on
            pairs.attribute = gap_findings.attribute
            and pairs.dataset = gap_findings.dataset
            and pairs.split is not distinct from gap_findings.split
            and gap_findings.is_surest
    inner join groups as one
        on
            pairs.classifier_single = one.classifier
            and pairs.dataset = one.dataset
            and pairs.split is not distinct from one.split
            and one.group_attribute in ('overall', gap_findings.group_attribute)
    inner join groups as many
        on
            pairs.classifier_ensemble = many.classifier
            and pairs.dataset = many.dataset
            and pairs.split is not distinct from many.split
            and one.group_attribute = many.group_attribute
            and one.group_name = many.group_name
),

limited as (
    select
        *,
        wilson_at(accuracy_single * n_single, n_single, z_of_pairs(n_rows)) as of_single,
        wilson_at(accuracy_ensemble * n_ensemble, n_ensemble, z_of_pairs(n_rows)) as of_ensemble
    from met
),

differences as (
    select
        * exclude (of_single, of_ensemble),
        accuracy_ensemble - accuracy_single as difference,
        accuracy_ensemble - accuracy_single - sqrt(
            (accuracy_ensemble - of_ensemble.low) ** 2 + (of_single.high - accuracy_single) ** 2
        ) as ci_low,
        accuracy_ensemble - accuracy_single + sqrt(
            (of_ensemble.high - accuracy_ensemble) ** 2 + (accuracy_single - of_single.low) ** 2
        ) as ci_high
    from limited
)

select
    found.* exclude (n_single, n_ensemble, n_rows, ci_low, ci_high),
    -- that of all samples is paired
    case
        when tests.classifier_a = found.classifier_ensemble then tests.ci_low
        when tests.classifier_a = found.classifier_single then -tests.ci_high
        else found.ci_low
    end as ci_low,
    case
        when tests.classifier_a = found.classifier_ensemble then tests.ci_high
        when tests.classifier_a = found.classifier_single then -tests.ci_low
        else found.ci_high
    end as ci_high,
    if(found.group_attribute = 'overall', tests.p_value_holm, null) as p_value,
    case
        when found.group_attribute = 'overall' and coalesce(tests.p_value_holm, 1) >= 0.05
            then 'may be chance'
        when found.group_attribute = 'overall' then if(found.difference > 0, 'better', 'worse')
        when found.ci_low > 0 then 'better'
        when found.ci_high < 0 then 'worse'
        else 'may be chance'
    end as verdict
from differences as found
left join classifier_comparison as tests
    on
        found.group_attribute = 'overall'
        and found.dataset = tests.dataset
        and found.split is not distinct from tests.split
        and least(found.classifier_single, found.classifier_ensemble) = tests.classifier_a
        and greatest(found.classifier_single, found.classifier_ensemble) = tests.classifier_b
