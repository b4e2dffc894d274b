-- accuracy_by_agreement: accuracy where annotators agree and where they do not, and against one of them drawn at random
-- grain: classifier, dataset, split, group_attribute, group_name, agreement_kind
-- units: n_samples counts annotated samples with a prediction; agreement_kind as in annotation_consensus, and `all`;
-- accuracy is a fraction in [0, 1] of those with a consensus (n_samples - n_ties), by which it is judged; drawn_accuracy
-- is the mean share of annotators who say what was predicted, of all n_samples; drawn_accuracy_max that of whoever says
-- what most do, which nobody can exceed; the intervals are 95 % ones, that of accuracy of
-- n_effective samples
-- reads: annotation_consensus, annotations, predictions, classifiers, label_taxonomies, sample_cells, cell_counts,
-- cell_groups, kept_sample_clusters, cluster_effects, judged_as, seen_by, if_enough, wilson_clustered
-- source: Wilson 1927, 10.1080/01621459.1927.10502953; of shares it is that of one draw a sample, somewhat too wide
-- note: judged by the annotators, not by the labels of the data set: samples without a label are here as well. What is
-- divided is often also hard, so a lower accuracy there is not the annotators' doing alone. Where the data set has labels
-- of another taxonomy, both what is said and what is predicted are judged in it. A group with fewer than min_samples
-- samples (a setting of the store) has no rates. Where several samples show the same person or picture, they are worth as
-- many as the correlation of the classifier says (see cluster_effects); without labels to tell it by, a person counts once
with annotated as (
    select
        annotation_consensus.sample_id,
        sample_cells.cell,
        annotation_consensus.attribute,
        label_taxonomies.taxonomy,
        annotation_consensus.agreement_kind,
        annotation_consensus.n_annotations,
        annotation_consensus.is_tie,
        judged_as(
            label_taxonomies.taxonomy, annotation_consensus.attribute, annotation_consensus.label
        ) as label
    from annotation_consensus
    inner join sample_cells using (sample_id)
    left join label_taxonomies
        on
            annotation_consensus.dataset = label_taxonomies.dataset
            and annotation_consensus.attribute = label_taxonomies.attribute
),

said as (
    select
        annotated.sample_id,
        annotated.attribute,
        judged_as(annotated.taxonomy, annotated.attribute, annotations.label) as label,
        sum(annotations.n) as n_said
    from annotations
    inner join annotated using (sample_id, attribute)
    group by all
),

-- of classes that are one in the taxonomy of the labels, too
most as (
    select
        sample_id,
        attribute,
        max(n_said) as n_said
    from said
    group by all
),

judged as materialized (
    select
        classifiers.classifier_id,
        annotated.*,
        most.n_said as n_most,
        judged_as(
            annotated.taxonomy, annotated.attribute, predictions.predicted
        ) as predicted
    from predictions
    inner join annotated using (sample_id)
    inner join classifiers using (classifier_id, attribute)
    inner join most using (sample_id, attribute)
    where predictions.predicted is not null
),

by_cell as (
    select
        judged.classifier_id,
        judged.cell,
        judged.taxonomy,
        judged.agreement_kind,
        count(*) as n_samples,
        count(*) filter (where judged.is_tie) as n_ties,
        count(*) filter (where judged.predicted = judged.label) as n_correct,
        sum(coalesce(said.n_said, 0) / judged.n_annotations) as n_drawn,
        sum(judged.n_most / judged.n_annotations) as n_drawn_max
    from judged
    left join said
        on
            judged.sample_id = said.sample_id
            and judged.attribute = said.attribute
            and judged.predicted = said.label
    group by all
),

by_kind as (
    select
        classifier_id,
        cell,
        taxonomy,
        coalesce(agreement_kind, 'all') as agreement_kind,
        sum(n_samples) as n_samples,
        sum(n_ties) as n_ties,
        sum(n_correct) as n_correct,
        sum(n_drawn) as n_drawn,
        sum(n_drawn_max) as n_drawn_max
    from by_cell
    group by grouping sets (
        (classifier_id, cell, taxonomy, agreement_kind), (classifier_id, cell, taxonomy)
    )
),

by_group as materialized (
    select
        by_kind.classifier_id,
        by_kind.taxonomy,
        cell_counts.dataset,
        cell_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        by_kind.agreement_kind,
        sum(by_kind.n_samples)::bigint as n_samples,
        sum(by_kind.n_ties)::bigint as n_ties,
        sum(by_kind.n_correct)::bigint as n_correct,
        sum(by_kind.n_drawn) as n_drawn,
        sum(by_kind.n_drawn_max) as n_drawn_max
    from by_kind
    inner join cell_counts using (cell)
    inner join cell_groups using (cell)
    group by all
),

-- those which are not one by themselves
clustered as (
    select
        judged.classifier_id,
        kept_sample_clusters.dataset,
        kept_sample_clusters.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        judged.agreement_kind,
        kept_sample_clusters.cluster_number,
        count(*) as n_samples,
        count(*) filter (where not judged.is_tie) as n_judged
    from judged
    inner join kept_sample_clusters using (sample_id)
    inner join cell_groups using (cell)
    group by all
),

clusters_by_kind as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        coalesce(agreement_kind, 'all') as agreement_kind,
        sum(n_samples) as n_samples,
        sum(n_judged) as n_judged
    from clustered
    group by grouping sets (
        (classifier_id, dataset, split, group_attribute, group_name, cluster_number, agreement_kind),
        (classifier_id, dataset, split, group_attribute, group_name, cluster_number)
    )
),

-- for each sample, how many more of its cluster are there
more as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        agreement_kind,
        sum(n_samples * (n_samples - 1)) as n_more,
        sum(n_judged * (n_judged - 1)) as n_more_judged
    from clusters_by_kind
    group by all
),

sized as (
    select
        by_group.*,
        by_group.n_samples - by_group.n_ties as n_judged,
        coalesce(cluster_effects.icc, 1) as correlation,
        n_judged / (1 + correlation * coalesce(more.n_more_judged, 0) / greatest(1, n_judged))
            as n_effective,
        by_group.n_samples / (1 + correlation * coalesce(more.n_more, 0) / by_group.n_samples)
            as n_effective_drawn
    from by_group
    left join more
        on
            by_group.classifier_id = more.classifier_id
            and by_group.dataset = more.dataset
            and by_group.split is not distinct from more.split
            and by_group.group_attribute = more.group_attribute
            and by_group.group_name = more.group_name
            and by_group.agreement_kind = more.agreement_kind
    left join cluster_effects
        on
            by_group.classifier_id = cluster_effects.classifier_id
            and by_group.dataset = cluster_effects.dataset
            and by_group.split is not distinct from cluster_effects.split
            and by_group.group_attribute = cluster_effects.group_attribute
            and by_group.group_name = cluster_effects.group_name
),

intervals as (
    select
        *,
        wilson_clustered(n_correct, n_judged, n_effective) as limits,
        wilson_clustered(n_drawn, n_samples, n_effective_drawn) as limits_drawn
    from sized
)

select
    classifiers.name as classifier,
    classifiers.attribute,
    by_group.taxonomy,
    by_group.dataset,
    by_group.split,
    by_group.group_attribute,
    by_group.group_name,
    by_group.agreement_kind,
    seen_by(classifiers.name, by_group.dataset, by_group.split) as seen,
    by_group.n_samples,
    by_group.n_ties,
    by_group.n_correct,
    by_group.n_judged,
    if_enough(by_group.n_correct / nullif(by_group.n_judged, 0), by_group.n_judged) as accuracy,
    if_enough(by_group.limits.low, by_group.n_judged) as ci_low,
    if_enough(by_group.limits.high, by_group.n_judged) as ci_high,
    if_enough(by_group.n_drawn / by_group.n_samples, by_group.n_samples) as drawn_accuracy,
    if_enough(by_group.limits_drawn.low, by_group.n_samples) as ci_low_drawn,
    if_enough(by_group.limits_drawn.high, by_group.n_samples) as ci_high_drawn,
    if_enough(by_group.n_drawn_max / by_group.n_samples, by_group.n_samples)
        as drawn_accuracy_max,
    by_group.n_effective
from intervals as by_group
inner join classifiers using (classifier_id)
