-- annotator_agreement_holds: counts and Krippendorff's nominal alpha follow from what is said of the samples of a group
-- audits: annotator_agreement
-- reads: annotator_agreement, annotations, samples, sample_groups, ordered_attributes, if_enough
-- todo: the view is wrong
with said as (
    select
        sample_id,
        attribute,
        label,
        sum(n) as n
    from annotations
    group by all
),

sizes as (
    select
        sample_id,
        attribute,
        sum(n) as m,
        sum(n ** 2) as squares,
        count(*) as n_classes
    from said
    group by all
),

by_group as (
    select
        sizes.attribute,
        samples.dataset,
        samples.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        count(*) filter (where sizes.m > 1) as n_samples,
        count(*) filter (where sizes.m = 1) as n_single,
        count(*) filter (where sizes.m > 1 and sizes.n_classes = 1) as n_unanimous,
        coalesce(sum(sizes.m) filter (where sizes.m > 1), 0) as n_annotations,
        avg((sizes.squares - sizes.m) / (sizes.m * (sizes.m - 1))) filter (where sizes.m > 1)
            as agreement,
        sum((sizes.m ** 2 - sizes.squares) / (sizes.m - 1)) filter (where sizes.m > 1)
            as disagreement
    from sizes
    inner join samples using (sample_id)
    inner join sample_groups using (sample_id)
    group by all
),

by_class as (
    select
        said.attribute,
        samples.dataset,
        samples.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        said.label,
        sum(said.n) as n_said
    from said
    inner join sizes using (sample_id, attribute)
    inner join samples using (sample_id)
    inner join sample_groups using (sample_id)
    where sizes.m > 1
    group by all
),

by_chance as (
    select
        attribute,
        dataset,
        split,
        group_attribute,
        group_name,
        count(*) as n_classes,
        sum(n_said) ** 2 - sum(n_said ** 2) as disagreement
    from by_class
    group by all
)

select
    by_group.*,
    annotator_agreement.*
from by_group
left join by_chance
    on
        by_group.attribute = by_chance.attribute
        and by_group.dataset = by_chance.dataset
        and by_group.split is not distinct from by_chance.split
        and by_group.group_attribute = by_chance.group_attribute
        and by_group.group_name = by_chance.group_name
full join annotator_agreement
    on
        by_group.attribute = annotator_agreement.attribute
        and by_group.dataset = annotator_agreement.dataset
        and by_group.split is not distinct from annotator_agreement.split
        and by_group.group_attribute = annotator_agreement.group_attribute
        and by_group.group_name = annotator_agreement.group_name
left join ordered_attributes on annotator_agreement.attribute = ordered_attributes.attribute
where
    annotator_agreement.n_samples is distinct from by_group.n_samples
    or annotator_agreement.n_single is distinct from by_group.n_single
    or annotator_agreement.n_unanimous is distinct from by_group.n_unanimous
    or annotator_agreement.n_annotations is distinct from by_group.n_annotations
    or (annotator_agreement.pairwise_agreement is null)
    <> (if_enough(by_group.agreement, by_group.n_samples) is null)
    or not abs(annotator_agreement.pairwise_agreement - by_group.agreement) < 1e-9
    or (annotator_agreement.ci_low is null) <> (annotator_agreement.pairwise_agreement is null)
    or (annotator_agreement.ci_high is null) <> (annotator_agreement.pairwise_agreement is null)
    or coalesce(annotator_agreement.n_effective not between 0 and by_group.n_samples + 1e-9, true)
    or not annotator_agreement.ci_low
    between 0 and annotator_agreement.pairwise_agreement + 1e-9
    or not annotator_agreement.ci_high
    between annotator_agreement.pairwise_agreement - 1e-9 and 1
    or (annotator_agreement.alpha_nominal is null)
    <> (
        annotator_agreement.pairwise_agreement is null
        or coalesce(by_chance.n_classes, 0) < 2
    )
    or not abs(
        annotator_agreement.alpha_nominal
        - (1 - (by_group.n_annotations - 1) * by_group.disagreement / by_chance.disagreement)
    ) < 1e-9
    or (annotator_agreement.alpha_ordinal is null)
    <> (annotator_agreement.alpha_nominal is null or ordered_attributes.attribute is null)
    or not annotator_agreement.alpha_ordinal <= 1
    -- of two classes there is one distance
    or (
        by_chance.n_classes = 2
        and not abs(annotator_agreement.alpha_ordinal - annotator_agreement.alpha_nominal) < 1e-9
    )
