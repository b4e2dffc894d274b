-- embedding_leakage: Close vectors across splits and data sets
-- text: Pairs of samples in different splits or data sets that an encoder finds close, the closest first; the
-- first 300. A high cosine may be two pictures of one scene, or only two faces that look alike; it
-- never means the same person.
-- empty: No pair is close, or no search was made.
-- command: facestore dedup --cosine 0.95
-- head: path_a
-- fold: yes
select
    encoder,
    dataset_a,
    split_a,
    path_a,
    dataset_b,
    split_b,
    path_b,
    cosine
from embedding_leakage
order by cosine desc, encoder asc, dataset_a asc, path_a asc, dataset_b asc, path_b asc
limit 300
