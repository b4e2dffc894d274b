-- confusion_findings: for each label the class that a main classifier takes it for most often when it is wrong
-- grain: attribute, dataset, split, label
-- units: fractions of the n_samples with this label; ci_low and ci_high: 95 % Wilson interval of fraction_wrong, the
-- share of the class in wrong_as; verdict is 'clear' where the label is surely called that more often than right, or
-- else 'may be chance' or 'less often'
-- reads: main_classifiers, confusion_matrix, cluster_effects, wilson_low, wilson_high, z_of_pairs, if_enough, as_percent,
-- group_words
-- note: of equally frequent classes the first by name counts. A label with fewer than min_samples samples (a setting of
-- the store) has no rates and no sentence. Whether it is surely more often than right: McNemar's normal test of the two
-- counts, which exclude each other, at 95 % over all labels of the attribute (Bonferroni)
with cells as (
    select
        confusion_matrix.*,
        coalesce(cluster_effects.n_effective / cluster_effects.n_samples, 1) as worth,
        sum(confusion_matrix.n_samples) over (
            partition by
                confusion_matrix.classifier, confusion_matrix.dataset, confusion_matrix.split,
                confusion_matrix.label
        ) as n_labelled
    from main_classifiers
    inner join confusion_matrix
        on
            main_classifiers.classifier = confusion_matrix.classifier
            and main_classifiers.dataset = confusion_matrix.dataset
            and main_classifiers.split is not distinct from confusion_matrix.split
    left join cluster_effects
        on
            main_classifiers.classifier = cluster_effects.classifier
            and main_classifiers.dataset = cluster_effects.dataset
            and main_classifiers.split is not distinct from cluster_effects.split
            and cluster_effects.group_attribute = 'overall'
),

labels_of as (
    select
        attribute,
        any_value(taxonomy) as taxonomy,
        dataset,
        split,
        classifier,
        any_value(seen) as seen,
        label,
        any_value(worth) as worth,
        any_value(n_labelled)::bigint as n_samples,
        coalesce(sum(n_samples) filter (where label = predicted), 0)::bigint as n_right,
        coalesce(max(n_samples) filter (where label <> predicted), 0)::bigint as n_wrong,
        min_by(
            predicted,
            { 'n': -n_samples, 'name': predicted }
        ) filter (where label <> predicted and n_samples > 0) as wrong_as
    from cells
    group by attribute, dataset, split, classifier, label
    having any_value(n_labelled) > 0
),

tested as (
    select
        *,
        count(*) over (partition by attribute, dataset, split) as n_labels,
        sqrt(worth) * (n_wrong - n_right) / sqrt(greatest(n_wrong + n_right, 1)) as z
    from labels_of
)

select
    attribute,
    taxonomy,
    dataset,
    split,
    classifier,
    seen,
    label,
    n_samples,
    if_enough(n_right / n_samples, n_samples) as fraction_right,
    wrong_as,
    if_enough(n_wrong / n_samples, n_samples) as fraction_wrong,
    if_enough(wilson_low(n_wrong, n_samples), n_samples) as ci_low,
    if_enough(wilson_high(n_wrong, n_samples), n_samples) as ci_high,
    case
        when n_wrong <= n_right then 'less often'
        when z > z_of_pairs(n_labels) then 'clear'
        else 'may be chance'
    end as verdict,
    if_enough(
        format(
            '{} are called {} in {}{}',
            group_words(attribute, label),
            label,
            as_percent(n_right / n_samples),
            coalesce(
                format(
                    ', and {} in {}', wrong_as, as_percent(n_wrong / n_samples)
                ),
                ''
            )
        ),
        n_samples
    ) as sentence
from tested
