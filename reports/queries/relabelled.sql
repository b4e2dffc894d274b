-- relabelled: If suspect labels were changed
-- text: Between which bounds an accuracy would lie if the labels that several models contradict were
-- changed. The classifiers that are judged decide which labels are suspect, so the last column
-- flatters who agrees with the others; the bounds say how much could hang on these labels.
-- empty: No label is contradicted by several models.
-- head: classifier
-- fold: yes
select
    dataset,
    split,
    attribute,
    classifier,
    n_samples,
    n_suspects,
    accuracy,
    accuracy_low,
    accuracy_high,
    accuracy_relabelled
from accuracy_if_relabelled
where n_suspects > 0
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    accuracy desc,
    classifier asc
