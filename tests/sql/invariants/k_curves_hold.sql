-- k_curves_hold: a curve over k has every k of the sweep, or the figures of classifiers, each within its interval
-- audits: k_curves
-- reads: k_curves, k_sweep, classifiers, accuracy_by_group
-- todo: the view is wrong
with sweeps as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        k,
        n_samples,
        accuracy
    from k_sweep
),

from_scores as (
    select *
    from k_curves
    where source = 'similarities'
),

wrong_scores as (
    select coalesce(from_scores.k, sweeps.k) as k
    from from_scores
    full outer join sweeps
        on
            from_scores.encoder_id = sweeps.encoder_id
            and from_scores.prompt_set = sweeps.prompt_set
            and from_scores.attribute = sweeps.attribute
            and from_scores.dataset = sweeps.dataset
            and from_scores.split is not distinct from sweeps.split
            and from_scores.k = sweeps.k
            and from_scores.group_attribute = 'overall'
    where
        from_scores.n_samples is distinct from sweeps.n_samples
        or from_scores.accuracy is distinct from sweeps.accuracy
        or from_scores.classifier is not null
),

wrong_figures as (
    select curves.k
    from k_curves as curves
    left join classifiers on curves.classifier = classifiers.name
    left join accuracy_by_group as figures
        on
            curves.classifier = figures.classifier
            and curves.dataset = figures.dataset
            and curves.split is not distinct from figures.split
            and curves.group_attribute = figures.group_attribute
            and curves.group_name = figures.group_name
    where
        curves.source <> 'similarities'
        and (
            curves.source <> 'predictions'
            or classifiers.aggregation is distinct from 'topk'
            or classifiers.k is distinct from curves.k
            or classifiers.prompt_set is distinct from curves.prompt_set
            or figures.n_samples is distinct from curves.n_samples
            -- those of all samples are also there where they are few
            or not coalesce(abs(figures.accuracy - curves.accuracy) < 1e-9, figures.accuracy is null)
        )
),

wrong_shapes as (
    select k
    from k_curves
    where
        coalesce(model, '') = ''
        or coalesce(encoder, '') = ''
        or coalesce(n_effective not between 1 - 1e-9 and n_samples + 1e-9, true)
        or not coalesce(ci_low between 0 and accuracy + 1e-9, false)
        or not coalesce(ci_high between accuracy - 1e-9 and 1, false)
    union all
    select max(k) as k
    from k_curves
    group by encoder_id, prompt_set, attribute, dataset, split, group_attribute
    having min(n_ks) <> count(*) or max(n_ks) <> count(*)
)

select
    k,
    'similarities' as place
from wrong_scores
union all
select
    k,
    'predictions' as place
from wrong_figures
union all
select
    k,
    'shape' as place
from wrong_shapes
