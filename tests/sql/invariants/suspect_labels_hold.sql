-- suspect_labels_hold: a suspect label has most of several judges against it, and shares fit their counts
-- audits: suspect_labels
-- reads: suspect_labels
-- todo: the view is wrong
with numbered as (
    select
        *,
        row_number() over (
            partition by dataset, split, attribute
            order by agreement desc, neighbour_share desc nulls last, rank asc
        ) as expected_rank
    from suspect_labels
)

select
    sample_id,
    attribute,
    label,
    agreed_class,
    n_judges,
    n_against,
    n_agreed,
    agreement,
    n_classifiers,
    n_classifiers_against,
    n_neighbours,
    neighbour_share,
    rank,
    expected_rank
from numbered
where
    (label <> agreed_class) is not true
    or (n_agreed >= 2 and n_agreed <= n_against and n_against <= n_judges) is not true
    or (n_judges <= n_classifiers and n_classifiers_against <= n_classifiers) is not true
    or (agreement > 0.5 and agreement = n_agreed / n_judges) is not true
    or n_neighbours is null
    or n_neighbours < 0
    or (neighbour_share is null) <> (n_neighbours = 0)
    or not neighbour_share between 0 and 1
    or rank is distinct from expected_rank
