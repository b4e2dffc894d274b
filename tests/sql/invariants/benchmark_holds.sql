-- benchmark_holds: every overall figure is there, measured ones as summaries have them, and one of each model stands for it
-- audits: benchmark
-- reads: benchmark, classifier_summary, yes_no_summary, yes_no_classifiers, published_figures, kinds_of_datasets
-- todo: the view is wrong
with wrong_measured as (
    select coalesce(board.classifier, summary.classifier) as classifier
    from (
        from benchmark
        where origin = 'measured' and metric <> 'chance_adjusted_accuracy'
    ) as board
    full join (
        select
            classifier,
            dataset,
            split,
            seen,
            n_samples,
            unnest(
                [
                    { 'metric': 'accuracy', 'value': accuracy, 'low': ci_low, 'high': ci_high },
                    {
                        'metric': 'balanced_accuracy',
                        'value': balanced_accuracy,
                        'low': ci_low_balanced,
                        'high': ci_high_balanced
                    }
                ]
            ) as figure
        from classifier_summary
        where
            classifier not in (
                select parts.classifier
                from yes_no_classifiers as parts
                where parts.is_yes_no
            )
        union all
        select
            classifier,
            dataset,
            split,
            seen,
            n_samples,
            unnest(
                [
                    { 'metric': 'accuracy', 'value': mean_accuracy, 'low': null, 'high': null },
                    {
                        'metric': 'balanced_accuracy',
                        'value': mean_balanced_accuracy,
                        'low': null,
                        'high': null
                    },
                    {
                        'metric': 'mean_average_precision',
                        'value': mean_average_precision,
                        'low': ci_low,
                        'high': ci_high
                    }
                ]
            ) as figure
        from yes_no_summary
    ) as summary
        on
            board.classifier = summary.classifier
            and board.dataset = summary.dataset
            and board.split is not distinct from summary.split
            and board.metric = summary.figure.metric
    where
        -- sums over samples come in any order
        coalesce(abs(board.value - summary.figure.value) > 1e-9, board.value is distinct from summary.figure.value)
        or coalesce(abs(board.ci_low - summary.figure.low) > 1e-9, board.ci_low is distinct from summary.figure.low)
        or coalesce(abs(board.ci_high - summary.figure.high) > 1e-9, board.ci_high is distinct from summary.figure.high)
        or board.n_samples is distinct from summary.n_samples
        or board.seen is distinct from summary.seen
),

wrong_published as (
    select coalesce(board.source, figures.source) as source
    from (
        select
            source,
            metric,
            dataset,
            count(*) as n_figures,
            sum(value) as total
        from benchmark
        where origin = 'published'
        group by all
    ) as board
    full join (
        select
            source,
            metric,
            dataset,
            count(*) as n_figures,
            sum(value) as total
        from published_figures
        where
            group_attribute = 'overall'
            and coalesce(architecture, classifier) is not null
            and attribute not in (
                select parts.attribute
                from yes_no_classifiers as parts
                where parts.is_yes_no
            )
        group by all
    ) as figures
        on
            board.source = figures.source
            and board.metric = figures.metric
            and board.dataset = figures.dataset
    where board.n_figures is distinct from figures.n_figures or not coalesce(abs(board.total - figures.total) < 1e-9, false)
),

wrong_rows as (
    select board.classifier
    from benchmark as board
    inner join kinds_of_datasets as kinds on board.dataset = kinds.dataset
    where
        board.kind is distinct from kinds.kind
        or coalesce(board.model, '') = ''
        or (board.metric = 'chance_adjusted_accuracy' and not coalesce(board.value >= -1, false))
        or not coalesce(board.ci_low <= board.value + 1e-9 and board.value <= board.ci_high + 1e-9, true)
        or (board.origin = 'measured' and (board.source is not null or board.n_samples is null))
        or (board.origin = 'published' and (board.source is null or board.n_samples is not null))
        or board.origin not in ('measured', 'published')
),

wrong_places as (
    select any_value(classifier) as classifier
    from benchmark
    group by attribute, dataset, split, metric, model
    having
        count_if(place = 1) <> 1
        or max(place) <> count(*)
        -- what is measured stands for a model, and not what is published
        or (
            count_if(origin = 'measured' and seen is null) > 0
            and count_if(place = 1 and origin = 'measured' and seen is null) = 0
        )
        or (count_if(seen is null) > 0 and count_if(place = 1 and seen is null) = 0)
)

select
    'measured' as wrong,
    classifier as name
from wrong_measured
union all
select
    'published' as wrong,
    source as name
from wrong_published
union all
select
    'row' as wrong,
    classifier as name
from wrong_rows
union all
select
    'place' as wrong,
    classifier as name
from wrong_places
