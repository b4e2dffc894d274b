-- suspect_labels: Suspect labels
-- text: Labels against which several models agree on another class, the most suspect first; the first
-- 50 of each attribute. Models share faults: agreement is a reason to look at the picture, no proof.
-- empty: No label is contradicted by several models.
-- head: path
-- fold: yes
select
    dataset,
    split,
    attribute,
    rank,
    path,
    label,
    agreed_class,
    n_judges,
    n_agreed,
    agreement,
    n_classifiers,
    n_classifiers_against,
    n_neighbours,
    neighbour_share
from suspect_labels
where rank <= 50
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    rank
