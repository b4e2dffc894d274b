-- prompt_or_model: how far accuracies lie apart over prompts for one model, and over models for one prompt
-- grain: attribute, dataset, split, varied
-- units: varied is 'prompts' (the model of the main classifier with any prompt set and rule) or 'models' (its prompt set
-- and rule with any model); accuracies and spread are fractions; p_value is that of the lowest and the highest after
-- Holm, over all pairs of the attribute; worst_groups are those of group_attribute; verdict compares spread with the
-- main classifier's surest gap: 'hardly' below a quarter of it, 'partly' below three quarters, else 'much', and 'may be
-- chance' where p_value is not below 0.05 or that gap is not clear
-- reads: judged_counts, main_classifiers, classifier_names, classifier_comparison, gap_findings, accuracy_by_group,
-- as_percent, as_points, seen_by
-- note: only of a main classifier that is made from prompts, and only where something varies; classifiers that were
-- trained or tuned on the split, or did not predict as many samples, are left out. With one prompt set (n_prompt_sets)
-- only the rule that pools its prompts varies, and not the wording. group_attribute is that of the main
-- classifier's surest gap
with summed as (
    select
        attribute,
        taxonomy,
        dataset,
        split,
        classifier,
        sum(n_samples)::bigint as n_samples,
        coalesce(sum(n_samples) filter (where is_correct), 0) / sum(n_samples) as accuracy
    from judged_counts
    group by all
),

known as materialized (
    select
        summed.*,
        names.model,
        names.prompt_set,
        names.rule
    from summed
    inner join classifier_names as names using (classifier)
    where
        names.rule is not null
        and names.model <> ''
        and seen_by(summed.classifier, summed.dataset, summed.split) is null
),

worst as materialized (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        arg_min(group_name, { 'is': accuracy, 'n': -n_samples, 'name': group_name }) as worst_group
    from accuracy_by_group
    where accuracy is not null
    group by all
),

mains as materialized (
    select
        known.*,
        gap_findings.group_attribute,
        if(gap_findings.verdict = 'clear', gap_findings.gap, null) as gap
    from main_classifiers
    inner join known using (classifier, attribute, dataset)
    left join gap_findings
        on
            main_classifiers.classifier = gap_findings.classifier
            and main_classifiers.dataset = gap_findings.dataset
            and main_classifiers.split is not distinct from gap_findings.split
            and gap_findings.is_surest
    where main_classifiers.split is not distinct from known.split
),

varied as (
    select
        mains.attribute,
        mains.taxonomy,
        mains.dataset,
        mains.split,
        mains.classifier as main_classifier,
        mains.group_attribute,
        mains.gap,
        known.classifier,
        known.prompt_set,
        known.accuracy,
        unnest(
            list_filter(
                [
                    if(known.model = mains.model, 'prompts', null),
                    if(
                        known.prompt_set = mains.prompt_set and known.rule = mains.rule, 'models', null
                    )
                ],
                lambda each: each is not null
            )
        ) as varied
    from mains
    inner join known
        on
            mains.attribute = known.attribute
            and mains.dataset = known.dataset
            and mains.split is not distinct from known.split
            and mains.n_samples = known.n_samples
),

ranges as materialized (
    select
        varied.attribute,
        varied.taxonomy,
        varied.dataset,
        varied.split,
        varied.main_classifier,
        varied.varied,
        varied.group_attribute,
        varied.gap,
        count(*) as n_classifiers,
        count(distinct varied.prompt_set) as n_prompt_sets,
        min(varied.accuracy) as accuracy_min,
        max(varied.accuracy) as accuracy_max,
        arg_min(varied.classifier, { 'is': varied.accuracy, 'name': varied.classifier }) as lowest,
        arg_max(varied.classifier, { 'is': varied.accuracy, 'name': varied.classifier }) as highest,
        list_sort(list_distinct(list(worst.worst_group))) as worst_groups
    from varied
    left join worst
        on
            varied.classifier = worst.classifier
            and varied.dataset = worst.dataset
            and varied.split is not distinct from worst.split
            and varied.group_attribute = worst.group_attribute
    group by all
    having count(*) > 1
)

select
    ranges.attribute,
    ranges.taxonomy,
    ranges.dataset,
    ranges.split,
    ranges.main_classifier,
    ranges.varied,
    ranges.n_classifiers,
    ranges.n_prompt_sets,
    ranges.accuracy_min,
    ranges.accuracy_max,
    ranges.accuracy_max - ranges.accuracy_min as spread,
    ranges.lowest,
    ranges.highest,
    met.p_value_holm as p_value,
    ranges.group_attribute,
    ranges.worst_groups,
    case
        when ranges.gap is null or not coalesce(met.p_value_holm < 0.05, false) then 'may be chance'
        when spread < 0.25 * ranges.gap then 'hardly'
        when spread < 0.75 * ranges.gap then 'partly'
        else 'much'
    end as verdict,
    format(
        '{} to {} over {} {}{}',
        format('{:.1f}', 100 * ranges.accuracy_min),
        as_percent(ranges.accuracy_max),
        ranges.n_classifiers,
        case
            when ranges.varied = 'models' then 'models with the same prompts'
            when ranges.n_prompt_sets = 1 then 'rules of one model and prompt set'
            else 'prompts and rules of one model'
        end,
        case
            when not coalesce(met.p_value_holm < 0.05, false) then ', no more than chance'
            when ranges.gap is not null
                then
                    format(
                        ', which is {} points where the gap is {}', as_points(spread), as_points(ranges.gap)
                    )
            else ''
        end
    ) as sentence
from ranges
left join classifier_comparison as met
    on
        ranges.dataset = met.dataset
        and ranges.split is not distinct from met.split
        and met.classifier_a = least(ranges.lowest, ranges.highest)
        and met.classifier_b = greatest(ranges.lowest, ranges.highest)
