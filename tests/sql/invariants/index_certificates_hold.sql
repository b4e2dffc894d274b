-- index_certificates_hold: every certificate with queries is shown, bounds lie below what was found, all found below recall
-- audits: index_certificates
-- reads: index_certificates, vector_certificates, vector_certificate_queries, vector_indexes, encoders
-- todo: the view is wrong
with queries as (
    select
        encoder_id,
        query_kind,
        sum(n_queries) as n_queries,
        sum(n_hits) as n_hits,
        sum(n_all_found) as n_all_found
    from vector_certificate_queries
    group by encoder_id, query_kind
)

select
    queries.encoder_id,
    queries.query_kind,
    index_certificates.recall,
    index_certificates.recall_at_least,
    index_certificates.all_found,
    index_certificates.all_found_at_least
from vector_certificates
inner join queries using (encoder_id, query_kind)
inner join vector_indexes using (encoder_id)
inner join encoders using (encoder_id)
left join index_certificates using (encoder_id, query_kind)
where
    index_certificates.n_queries is distinct from queries.n_queries
    or not index_certificates.all_found between 0 and index_certificates.recall + 1e-12
    or not index_certificates.recall_at_least between index_certificates.all_found_at_least - 1e-12 and index_certificates.recall
    -- nothing is surer than that of all queries all was found
    or index_certificates.recall_at_least > queries.n_queries / (queries.n_queries + 3.84)
    or abs(index_certificates.recall * index_certificates.k * queries.n_queries - queries.n_hits) > 1e-6
    or abs(index_certificates.all_found * queries.n_queries - queries.n_all_found) > 1e-6
    or index_certificates.worst_dataset_recall > index_certificates.recall + 1e-12
    and index_certificates.sources = 'stored'
    and index_certificates.query_kind = 'images'
    or index_certificates.max_rows not between vector_certificates.n_rows and 2 * vector_certificates.n_rows
