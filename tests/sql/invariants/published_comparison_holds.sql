-- published_comparison_holds: every published figure is there, a difference is measured - published, with the n behind it
-- audits: published_comparison
-- reads: published_comparison, published_figures
-- todo: the view is wrong
with published as (
    select
        source,
        count(*) as n_figures
    from published_figures
    group by source
),

compared as (
    select
        source,
        count(distinct published_row) as n_figures
    from published_comparison
    group by source
)

select
    published.source,
    null as classifier,
    null as metric,
    published.n_figures,
    compared.n_figures as n_figures_compared,
    null as n_samples,
    null as published,
    null as measured,
    null as difference
from published
left join compared on published.source = compared.source
where published.n_figures is distinct from compared.n_figures
union all
select
    source,
    classifier,
    metric,
    null as n_figures,
    null as n_figures_compared,
    n_samples,
    published,
    measured,
    difference
from published_comparison
where
    (measured is not null and coalesce(n_samples, 0) < 1)
    or not (abs(measured - published - difference) < 1e-9)
    or (measured is not null and difference is null)
    or is_inside is distinct from (published between ci_low and ci_high)
