-- published_figures_in_range: published figures are fractions, differences at most, and no per cent
-- audits: published_figures
-- reads: published_figures
-- todo: import them again as fractions; an import replaces all rows of its source
select
    source,
    classifier,
    dataset,
    attribute,
    group_name,
    metric,
    value
from published_figures
where not (value between -1 and 1)
