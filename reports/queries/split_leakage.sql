-- split_leakage: One picture in two splits
-- text: Pairs of samples in different splits of one data set with the same picture, or nearly so, the nearest
-- first; the first 300. What was trained on one split has seen a part of the other.
-- empty: No picture is in two splits.
-- head: path_a
-- fold: yes
select
    dataset,
    split_a,
    path_a,
    split_b,
    path_b,
    distance,
    is_same_content
from split_leakage
order by distance, dataset, path_a, path_b
limit 300
