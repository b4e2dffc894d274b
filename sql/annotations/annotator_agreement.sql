-- annotator_agreement: how far annotators agree, among all samples and within each group of them
-- grain: attribute, dataset, split, group_attribute, group_name
-- units: n_samples and n_annotations count samples with two annotations or more, and these; n_single samples with one,
-- which tell nothing; n_unanimous those on which all agree; pairwise_agreement is the chance in [0, 1] that two
-- annotators drawn of a sample agree, ci_low and ci_high its 95 % interval, of n_effective samples; alpha_nominal and
-- alpha_ordinal are Krippendorff's alpha: 1 is perfect agreement, 0 as much as by chance
-- reads: annotations, classes, ordered_attributes, sample_cells, cell_counts, cell_groups, kept_sample_clusters, if_enough,
-- wilson_clustered
-- source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; the first is Fleiss' 1971, 10.1037/h0031619,
-- observed agreement, for samples with any number of annotators
-- note: alpha_ordinal is for attributes of ordered_attributes alone, and counts a near miss for less than a far one. Alpha is
-- NULL where only one class is said: nobody can tell agreement from a habit then. It depends on how often classes are
-- said, so that a group with few classes has a low one at the same agreement: read both. The interval is Wilson's for as
-- many samples: two draws of each, somewhat too wide. A person, or a picture and its copies, counts as one sample
-- (see sample_clusters). A group with fewer than min_samples such samples (a setting of the store) has no rates
with said as (
    select
        sample_id,
        attribute,
        label,
        sum(n) as n_said
    from annotations
    group by all
),

-- small numbers in the order of the classes, as they are compared in pairs
numbered as (
    select
        attributes_said.attribute,
        attributes_said.label,
        row_number() over (
            partition by attributes_said.attribute
            order by classes.ordinal asc nulls last, attributes_said.label asc
        ) as class_number
    from (
        select distinct
            attribute,
            label
        from said
    ) as attributes_said
    left join classes
        on
            attributes_said.attribute = classes.attribute
            and attributes_said.label = classes.class
),

sizes as (
    select
        said.sample_id,
        said.attribute,
        sample_cells.cell,
        sum(said.n_said) as n_annotations,
        sum(said.n_said * (said.n_said - 1)) as n_agreeing,
        count(*) as n_classes
    from said
    inner join sample_cells using (sample_id)
    group by all
),

cell_sizes as (
    select
        cell,
        attribute,
        count(*) filter (where n_annotations > 1) as n_samples,
        count(*) filter (where n_annotations = 1) as n_single,
        count(*) filter (where n_annotations > 1 and n_classes = 1) as n_unanimous,
        coalesce(sum(n_annotations) filter (where n_annotations > 1), 0) as n_annotations,
        coalesce(
            sum(n_agreeing / (n_annotations * (n_annotations - 1)))
            filter (where n_annotations > 1),
            0
        ) as agreement
    from sizes
    group by all
),

paired as (
    select
        sizes.cell,
        sizes.sample_id,
        sizes.attribute,
        sizes.n_annotations,
        numbered.class_number,
        said.n_said
    from said
    inner join sizes using (sample_id, attribute)
    inner join numbered using (attribute, label)
    where sizes.n_annotations > 1
),

cell_classes as (
    select
        cell,
        attribute,
        class_number,
        sum(n_said) as n_said
    from paired
    group by all
),

-- what two annotators of one sample say who disagree
cell_pairs as (
    select
        one.cell,
        one.attribute,
        one.class_number,
        other.class_number as other_number,
        sum(2 * one.n_said * other.n_said / (one.n_annotations - 1)) as n_pairs
    from paired as one
    inner join paired as other
        on
            one.sample_id = other.sample_id
            and one.attribute = other.attribute
            and one.class_number < other.class_number
    group by all
),

groups as (
    select
        cell_groups.cell,
        cell_counts.dataset,
        cell_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        dense_rank() over (
            order by
                cell_counts.dataset asc,
                cell_counts.split asc,
                cell_groups.group_attribute asc,
                cell_groups.group_name asc
        ) as group_number
    from cell_groups
    inner join cell_counts using (cell)
    where cell_groups.cell in (select cell from cell_sizes)
),

group_sizes as (
    select
        groups.group_number,
        groups.dataset,
        groups.split,
        groups.group_attribute,
        groups.group_name,
        cell_sizes.attribute,
        sum(cell_sizes.n_samples)::bigint as n_samples,
        sum(cell_sizes.n_single)::bigint as n_single,
        sum(cell_sizes.n_unanimous)::bigint as n_unanimous,
        sum(cell_sizes.n_annotations)::bigint as n_annotations,
        sum(cell_sizes.agreement) as agreement
    from cell_sizes
    inner join groups using (cell)
    group by all
),

-- the middle of the ranks of those who say a class
group_classes as (
    select
        group_number,
        attribute,
        class_number,
        n_said,
        sum(n_said) over (
            partition by group_number, attribute order by class_number asc
        ) - n_said / 2 as middle_rank
    from (
        select
            groups.group_number,
            cell_classes.attribute,
            cell_classes.class_number,
            sum(cell_classes.n_said) as n_said
        from cell_classes
        inner join groups using (cell)
        group by all
    ) as counted
),

expected as (
    select
        group_number,
        attribute,
        (sum(n_said) ** 2 - sum(n_said ** 2)) / (sum(n_said) - 1) as nominal,
        2 * (sum(n_said) * sum(n_said * middle_rank ** 2) - sum(n_said * middle_rank) ** 2)
        / (sum(n_said) - 1) as ordinal
    from group_classes
    group by all
    having count(*) > 1
),

group_pairs as (
    select
        groups.group_number,
        cell_pairs.attribute,
        cell_pairs.class_number,
        cell_pairs.other_number,
        sum(cell_pairs.n_pairs) as n_pairs
    from cell_pairs
    inner join groups using (cell)
    group by all
),

observed as (
    select
        group_pairs.group_number,
        group_pairs.attribute,
        sum(group_pairs.n_pairs) as nominal,
        sum(group_pairs.n_pairs * (other.middle_rank - one.middle_rank) ** 2) as ordinal
    from group_pairs
    inner join group_classes as one using (group_number, attribute, class_number)
    inner join group_classes as other
        on
            group_pairs.group_number = other.group_number
            and group_pairs.attribute = other.attribute
            and group_pairs.other_number = other.class_number
    group by all
),

-- those which are not one by themselves
clustered as (
    select
        groups.group_number,
        sizes.attribute,
        kept_sample_clusters.cluster_number,
        count(*) as n_samples
    from sizes
    inner join kept_sample_clusters using (sample_id)
    inner join groups on sizes.cell = groups.cell
    where sizes.n_annotations > 1
    group by all
),

-- for each sample, how many more of its cluster are there
more as (
    select
        group_number,
        attribute,
        sum(n_samples * (n_samples - 1)) as n_more
    from clustered
    group by all
),

sized as (
    select
        group_sizes.*,
        group_sizes.n_samples / (1 + coalesce(more.n_more, 0) / greatest(1, group_sizes.n_samples))
            as n_effective
    from group_sizes
    left join more
        on
            group_sizes.group_number = more.group_number
            and group_sizes.attribute = more.attribute
),

intervals as (
    select
        *,
        wilson_clustered(agreement, n_samples, n_effective) as limits
    from sized
)

select
    group_sizes.attribute,
    group_sizes.dataset,
    group_sizes.split,
    group_sizes.group_attribute,
    group_sizes.group_name,
    group_sizes.n_samples,
    group_sizes.n_annotations,
    group_sizes.n_single,
    group_sizes.n_unanimous,
    if_enough(
        group_sizes.agreement / nullif(group_sizes.n_samples, 0), group_sizes.n_samples
    ) as pairwise_agreement,
    if_enough(group_sizes.limits.low, group_sizes.n_samples) as ci_low,
    if_enough(group_sizes.limits.high, group_sizes.n_samples) as ci_high,
    if_enough(
        1 - coalesce(observed.nominal, 0) / expected.nominal, group_sizes.n_samples
    ) as alpha_nominal,
    if_enough(
        if(
            ordered_attributes.attribute is null,
            null,
            1 - coalesce(observed.ordinal, 0) / expected.ordinal
        ),
        group_sizes.n_samples
    ) as alpha_ordinal,
    group_sizes.n_effective
from intervals as group_sizes
left join expected
    on
        group_sizes.group_number = expected.group_number
        and group_sizes.attribute = expected.attribute
left join observed
    on
        group_sizes.group_number = observed.group_number
        and group_sizes.attribute = observed.attribute
left join ordered_attributes on group_sizes.attribute = ordered_attributes.attribute
