-- label_conflicts: Different labels for one picture
-- text: Pairs of samples with the same picture, or nearly so, whose labels differ, the nearest first; the first
-- 300. At least one label of each pair is wrong, or the two pictures are only alike: above 0 bits look at them. Years apart are those of
-- ages in years.
-- empty: No two samples of one picture have different labels.
-- head: path_a
-- fold: yes
select
    attribute,
    dataset_a,
    split_a,
    path_a,
    label_a,
    dataset_b,
    split_b,
    path_b,
    label_b,
    distance,
    years_apart
from label_conflicts
order by distance, attribute, dataset_a, path_a, dataset_b, path_b
limit 300
