-- embedding_leakage_holds: leakage is every pair of neighbours that is not of one data set and split
-- audits: embedding_leakage
-- reads: embedding_leakage, neighbour_pairs
-- todo: the view is wrong
with labelled as (
    select
        encoder_id,
        sample_a,
        sample_b,
        dataset_a <> dataset_b as is_across_datasets
    from neighbour_pairs
    where (dataset_a, coalesce(split_a, '')) <> (dataset_b, coalesce(split_b, ''))
)

select
    coalesce(labelled.encoder_id, embedding_leakage.encoder_id) as encoder_id,
    coalesce(labelled.sample_a, embedding_leakage.sample_a) as sample_a,
    coalesce(labelled.sample_b, embedding_leakage.sample_b) as sample_b,
    labelled.is_across_datasets as expected,
    embedding_leakage.is_across_datasets as found
from labelled
full outer join embedding_leakage
    on
        labelled.encoder_id = embedding_leakage.encoder_id
        and labelled.sample_a = embedding_leakage.sample_a
        and labelled.sample_b = embedding_leakage.sample_b
where labelled.is_across_datasets is distinct from embedding_leakage.is_across_datasets
