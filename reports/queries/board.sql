-- board: Models by data sets, measured and published
-- text: The figure that stands for each model on each task (a data set, a split and an attribute), of the metric that covers
-- most tasks; what is measured stands before what others published. Models in the order of their mean rank, over the tasks
-- that all models with most tasks have; then those with fewer tasks.
-- empty: There are figures of one task or one model only.
-- command: facestore import published FILE --metric acc1
-- head: model
-- fold: yes
select
    shown.metric,
    shown.model,
    ranks.mean_rank,
    shown.kind,
    shown.dataset,
    shown.split,
    shown.attribute,
    shown.origin,
    shown.source,
    shown.seen,
    shown.n_samples,
    shown.value,
    shown.ci_low,
    shown.ci_high,
    shown.classifier
from benchmark as shown
inner join board_metric using (metric)
left join benchmark_ranks as ranks
    on
        shown.metric = ranks.metric
        and shown.model = ranks.model
        and ranks.kind = 'all'
where shown.place = 1
order by
    ranks.mean_rank asc nulls last,
    shown.model asc,
    shown.kind asc,
    shown.dataset asc,
    shown.split asc,
    list_position(['gender', 'race', 'age'], shown.attribute) asc,
    shown.attribute asc
