-- dataset_leakage: One picture in two data sets
-- text: Pairs of samples of two data sets with the same picture, or nearly so, the nearest first; the first
-- 300.
-- empty: No picture is in two data sets.
-- head: path_a
-- fold: yes
select
    dataset_a,
    split_a,
    path_a,
    dataset_b,
    split_b,
    path_b,
    distance,
    is_same_content
from dataset_leakage
order by distance, dataset_a, path_a, dataset_b, path_b
limit 300
