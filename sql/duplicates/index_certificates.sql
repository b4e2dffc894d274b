-- index_certificates: how much of the exact answer an index finds, with lower bounds
-- grain: encoder, query_kind
-- units: recall and shares are fractions in [0, 1]; max_rows counts vectors
-- reads: vector_certificates, vector_certificate_queries, vector_indexes, encoders, wilson_low
-- note: recall is the mean over queries of the share of the k nearest that was found; all_found the share of
-- queries of which all were. Both bounds are one-sided at 97.5 % over queries: what is found for one query hangs
-- together. A share in [0, 1] varies at most as much as a yes or no of the same mean, so Wilson's bound holds
-- for recall as well. Queries are those that were asked, so data sets count by how many of theirs were. Whether a
-- certificate still holds is known with the vectors: `facestore doctor` says it
-- source: Wilson 1927, 10.1080/01621459.1927.10502953; variance of a bounded variable: Bhatia and Davis 2000,
-- 10.2307/2589180
with asked as (
    select
        encoder_id,
        query_kind,
        string_agg(distinct source, ', ' order by source) as sources,
        count(distinct dataset) as n_datasets,
        sum(n_queries)::bigint as n_queries,
        sum(n_all_found)::bigint as n_all_found,
        sum(n_hits)::bigint as n_hits,
        min(lowest_cosine) as lowest_cosine,
        arg_min(dataset, n_hits / n_queries) filter (where dataset is not null) as worst_dataset,
        min(n_hits / n_queries) filter (where dataset is not null) as worst_hits
    from vector_certificate_queries
    group by encoder_id, query_kind
)

select
    certificates.encoder_id,
    encoders.name as encoder,
    indexes.kind as index_kind,
    certificates.query_kind,
    asked.sources,
    asked.n_datasets,
    asked.n_queries,
    certificates.k,
    certificates.probes,
    certificates.refine,
    certificates.seed,
    asked.n_hits / (certificates.k * asked.n_queries) as recall,
    wilson_low(asked.n_hits / certificates.k, asked.n_queries) as recall_at_least,
    asked.n_all_found / asked.n_queries as all_found,
    wilson_low(asked.n_all_found, asked.n_queries) as all_found_at_least,
    asked.worst_dataset,
    asked.worst_hits / certificates.k as worst_dataset_recall,
    asked.lowest_cosine,
    certificates.n_rows,
    certificates.n_unindexed,
    floor(certificates.n_rows * (1 + certificates.max_growth))::bigint as max_rows,
    certificates.table_version,
    certificates.certified_at
from vector_certificates as certificates
inner join asked using (encoder_id, query_kind)
inner join vector_indexes as indexes using (encoder_id)
inner join encoders using (encoder_id)
