-- accuracy_by_group_adds_up: the groups of an attribute, pair or triple add up to the judged samples which have its labels
-- audits: accuracy_by_group, sample_groups
-- reads: accuracy_by_group, judged_predictions, labels, group_attributes
-- todo: the view is wrong
with labelled as (
    select
        sample_id,
        list(attribute order by attribute) as attributes
    from labels
    where
        label is not null
        and attribute in (select attribute from group_attributes)
    group by sample_id
),

-- few rows: samples differ in which attributes they have
judged as (
    select
        judged_predictions.classifier,
        judged_predictions.dataset,
        judged_predictions.split,
        coalesce(labelled.attributes, []) as attributes,
        count(*) as n_samples,
        count(*) filter (where judged_predictions.is_correct) as n_correct
    from judged_predictions
    left join labelled on judged_predictions.sample_id = labelled.sample_id
    group by all
),

singles as (
    select
        *,
        unnest(attributes) as last_attribute,
        unnest(attributes) as group_attribute
    from judged
),

pairs as (
    select
        * exclude (added, last_attribute, group_attribute),
        added as last_attribute,
        group_attribute || ' x ' || added as group_attribute
    from (
        select
            *,
            unnest(attributes) as added
        from singles
    ) as extended
    where added > last_attribute
),

triples as (
    select
        * exclude (added, last_attribute, group_attribute),
        added as last_attribute,
        group_attribute || ' x ' || added as group_attribute
    from (
        select
            *,
            unnest(attributes) as added
        from pairs
    ) as extended
    where added > last_attribute
),

expected as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        sum(n_samples) as n_samples,
        sum(n_correct) as n_correct
    from (
        select
            *,
            'overall' as group_attribute
        from judged
        union all by name
        from singles
        union all by name
        from pairs
        union all by name
        from triples
    ) as every_size
    group by classifier, dataset, split, group_attribute
),

found as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        sum(n_samples) as n_samples,
        sum(n_correct) as n_correct
    from accuracy_by_group
    group by classifier, dataset, split, group_attribute
)

select
    coalesce(expected.classifier, found.classifier) as classifier,
    coalesce(expected.dataset, found.dataset) as dataset,
    coalesce(expected.split, found.split) as split,
    coalesce(expected.group_attribute, found.group_attribute) as group_attribute,
    found.n_samples,
    expected.n_samples as n_samples_judged,
    found.n_correct,
    expected.n_correct as n_correct_judged
from expected
full outer join found
    on
        expected.classifier = found.classifier
        and expected.dataset = found.dataset
        and expected.split is not distinct from found.split
        and expected.group_attribute = found.group_attribute
where
    expected.n_samples is distinct from found.n_samples
    or expected.n_correct is distinct from found.n_correct
