-- model_means: the accuracies of models on all data sets, and their mean over them
-- grain: classifier, dataset, split
-- units: fractions; mean_accuracy is over the n_parts data sets and splits of the classifier, each of which counts the
-- same; place counts the models from 1, those that were judged on most parts and have the highest mean first
-- reads: model_figures
-- note: of each model one rule, the same on all parts: that with the highest mean. Means of classifiers that were judged on
-- different parts are no comparison, so n_parts stands beside them. Only where there are several parts; what was trained or
-- tuned on one of them has no place
-- read three times, and planned once
with judged as materialized (
    select *
    from model_figures
),

means as (
    select
        attribute,
        model,
        classifier,
        count(*) as n_parts,
        avg(accuracy_at_least) as mean_accuracy,
        count(seen) > 0 as has_seen
    from judged
    group by all
),

chosen as (
    select *
    from means
    qualify
        row_number() over (
            partition by attribute, model
            order by n_parts desc, has_seen asc, mean_accuracy desc, classifier asc
        ) = 1
),

parts as (
    select
        attribute,
        count(distinct { 'dataset': dataset, 'split': split }) as n_all_parts
    from judged
    group by all
)

select
    figures.attribute,
    figures.taxonomy,
    figures.dataset,
    figures.split,
    figures.model,
    figures.classifier,
    figures.seen,
    figures.n_samples,
    figures.coverage,
    figures.accuracy,
    figures.ci_low,
    figures.ci_high,
    chosen.n_parts,
    parts.n_all_parts,
    chosen.mean_accuracy,
    if(
        chosen.has_seen,
        null,
        dense_rank() over (
            partition by chosen.attribute
            order by chosen.has_seen asc, chosen.n_parts desc, chosen.mean_accuracy desc, chosen.model asc
        )
    ) as place
from chosen
inner join judged as figures
    on chosen.attribute = figures.attribute and chosen.classifier = figures.classifier
inner join parts on chosen.attribute = parts.attribute
where parts.n_all_parts > 1
