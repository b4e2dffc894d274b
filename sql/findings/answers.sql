-- answers: what the first page of a report says of each attribute, in a sentence
-- grain: attribute, dataset, split
-- units: claim, emphasis and detail are the parts of the sentence, one after the other; verdict is that of the surest gap,
-- NULL where nothing has two groups
-- reads: main_classifiers, gap_findings, confusion_findings, as_percent, as_points, group_words, with_noun
-- note: says no more than the intervals carry: a gap that chance could make is called so. Where the surest gap is one
-- between labels of the attribute itself, the sentence says what the worst one is taken for
with surest as (
    select *
    from gap_findings
    where is_surest
)

select
    main.attribute,
    main.taxonomy,
    main.dataset,
    main.split,
    main.classifier,
    main.seen,
    main.n_samples,
    main.accuracy,
    main.coverage,
    surest.group_attribute,
    surest.worst_group,
    surest.verdict,
    format(
        'Perceived {}: right for {} of {}{}{}',
        main.attribute,
        as_percent(main.accuracy),
        with_noun(main.n_samples, 'face', 'faces'),
        if(main.coverage < 1, ' (' || as_percent(main.coverage) || ' of those with a label)', ''),
        case
            when surest.verdict = 'clear' and surest.group_attribute <> main.attribute then ', but for '
            else '. '
        end
    ) as claim,
    case
        when surest.verdict is null or surest.verdict <> 'clear' then ''
        when surest.group_attribute = main.attribute
            then
                format(
                    '{} are called {} in {}',
                    -- it begins a sentence
                    upper(left(group_words(main.attribute, surest.worst_group), 1))
                    || substr(group_words(main.attribute, surest.worst_group), 2),
                    surest.worst_group,
                    as_percent(surest.accuracy_worst)
                )
        else
            as_percent(surest.accuracy_worst) || ' of '
            || group_words(surest.group_attribute, surest.worst_group)
    end as emphasis,
    case
        when surest.verdict is null then ''
        when surest.verdict <> 'clear' then 'No gap between groups that chance could not make.'
        when surest.group_attribute = main.attribute
            then format(' (n {:,})', surest.n_samples_worst) || coalesce(
                format(
                    '; {} are called {}.',
                    as_percent(confusions.fraction_wrong),
                    confusions.wrong_as
                ),
                '.'
            )
        else
            format(
                ' (n {:,}). Gap to {}: {} points ({} to {}).',
                surest.n_samples_worst,
                group_words(surest.group_attribute, surest.best_group),
                as_points(surest.gap),
                as_points(surest.ci_low),
                as_points(surest.ci_high)
            )
    end as detail
from main_classifiers as main
left join surest
    on
        main.attribute = surest.attribute
        and main.dataset = surest.dataset
        and main.split is not distinct from surest.split
left join confusion_findings as confusions
    on
        main.attribute = confusions.attribute
        and main.dataset = confusions.dataset
        and main.split is not distinct from confusions.split
        and main.attribute = surest.group_attribute
        and surest.worst_group = confusions.label
