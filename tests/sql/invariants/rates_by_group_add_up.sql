-- rates_by_group_add_up: over the classes, labels and predictions of a group each add up to its samples
-- audits: rates_by_group, accuracy_by_group
-- reads: rates_by_group, accuracy_by_group
-- todo: the view is wrong
with totals as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_labelled) as n_labelled,
        sum(n_predicted) as n_predicted
    from rates_by_group
    group by classifier, dataset, split, group_attribute, group_name
),

sizes as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_samples) as n_samples
    from accuracy_by_group
    group by classifier, dataset, split, group_attribute, group_name
)

select
    coalesce(sizes.classifier, totals.classifier) as classifier,
    coalesce(sizes.dataset, totals.dataset) as dataset,
    coalesce(sizes.split, totals.split) as split,
    coalesce(sizes.group_attribute, totals.group_attribute) as group_attribute,
    coalesce(sizes.group_name, totals.group_name) as group_name,
    sizes.n_samples,
    totals.n_labelled,
    totals.n_predicted
from sizes
full outer join totals
    on
        sizes.classifier = totals.classifier
        and sizes.dataset = totals.dataset
        and sizes.split is not distinct from totals.split
        and sizes.group_attribute = totals.group_attribute
        and sizes.group_name = totals.group_name
where
    sizes.n_samples is distinct from totals.n_labelled
    or sizes.n_samples is distinct from totals.n_predicted
