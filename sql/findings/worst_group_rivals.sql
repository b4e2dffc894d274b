-- worst_group_rivals: which classifier is best for the group for which the main classifier is worst
-- grain: attribute, dataset, split
-- units: accuracies and difference (rival - main classifier) are fractions of the group; ci_low and ci_high: 95 %
-- interval of the difference for all rivals at once; verdict is 'clear' where it is above 0, else 'may be chance', or
-- 'none' where no other one is better there
-- reads: gap_findings, accuracy_by_group, classifier_names, wilson_at, z_of_pairs, as_percent, group_words
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10, with
-- Bonferroni's correction for the rivals
-- note: the group is that of the surest gap. The interval is that of independent samples, which for classifiers that
-- judged the same ones is rather too wide. Classifiers that were trained or tuned on the split are no rivals
with in_group as (
    select
        gaps.attribute,
        gaps.taxonomy,
        gaps.dataset,
        gaps.split,
        gaps.classifier,
        gaps.group_attribute,
        gaps.worst_group,
        gaps.n_samples_worst,
        judged.classifier as rival,
        judged.accuracy as accuracy_rival,
        judged.n_correct * judged.n_effective / judged.n_samples as n_right_rival,
        judged.n_effective as n_rival,
        judged.classifier = gaps.classifier as is_main
    from gap_findings as gaps
    inner join accuracy_by_group as judged
        on
            gaps.attribute = judged.attribute
            and gaps.dataset = judged.dataset
            and gaps.split is not distinct from judged.split
            and gaps.group_attribute = judged.group_attribute
            and gaps.worst_group = judged.group_name
            and gaps.n_samples_worst = judged.n_samples
    where
        gaps.is_surest
        and judged.accuracy is not null
        and (judged.seen is null or judged.classifier = gaps.classifier)
),

beside_main as (
    select
        *,
        max(accuracy_rival) filter (where is_main) over kind as accuracy_main,
        max(n_right_rival) filter (where is_main) over kind as n_right_main,
        max(n_rival) filter (where is_main) over kind as n_main,
        count_if(not is_main) over kind as n_rivals
    from in_group
    window kind as (partition by attribute, dataset, split)
),

met as materialized (
    select * exclude (is_main)
    from beside_main
    where not is_main
    qualify
        row_number() over (
            partition by attribute, dataset, split
            order by accuracy_rival desc, rival asc
        ) = 1
),

limited as materialized (
    select
        *,
        wilson_at(n_right_main, n_main, z_of_pairs(n_rivals)) as limits_main,
        wilson_at(n_right_rival, n_rival, z_of_pairs(n_rivals)) as limits_rival
    from met
),

differences as (
    select
        * exclude (limits_main, limits_rival),
        accuracy_rival - accuracy_main as difference,
        accuracy_rival - accuracy_main - sqrt(
            (accuracy_rival - limits_rival.low) ** 2 + (limits_main.high - accuracy_main) ** 2
        ) as ci_low,
        accuracy_rival - accuracy_main + sqrt(
            (limits_rival.high - accuracy_rival) ** 2 + (accuracy_main - limits_main.low) ** 2
        ) as ci_high
    from limited
)

select
    found.attribute,
    found.taxonomy,
    found.dataset,
    found.split,
    found.classifier,
    found.group_attribute,
    found.worst_group,
    found.n_samples_worst,
    found.accuracy_main,
    found.rival,
    found.accuracy_rival,
    found.n_rivals,
    found.difference,
    found.ci_low,
    found.ci_high,
    case
        when found.difference <= 0 then 'none'
        when found.ci_low > 0 then 'clear'
        else 'may be chance'
    end as verdict,
    case
        when found.difference <= 0
            then
                format(
                    'No other classifier does better for {}.',
                    group_words(found.group_attribute, found.worst_group)
                )
        else
            format(
                '{}{} is right for {} of {}, {} for {}{}.',
                if(
                    found.ci_low > 0, 'The best on average is not the best for the worst: ', ''
                ),
                rivals.short_name,
                as_percent(found.accuracy_rival),
                group_words(found.group_attribute, found.worst_group),
                mains.short_name,
                as_percent(found.accuracy_main),
                if(found.ci_low > 0, '', '; chance could make that difference')
            )
    end as sentence
from differences as found
inner join classifier_names as mains on found.classifier = mains.classifier
inner join classifier_names as rivals on found.rival = rivals.classifier
