-- vector_certificates_in_range: counts and parameters of indexes and certificates are such as can have been measured
-- audits: vector_indexes, vector_certificates, vector_certificate_queries
-- reads: vector_indexes, vector_certificates, vector_certificate_queries
-- todo: run `facestore index build` and `facestore index certify` again
select
    encoder_id,
    null as query_kind,
    'index' as problem
from vector_indexes
where
    n_rows < 1
    or not cpu_seconds between 0 and 1e12
    or trim(name) = ''
    or json_type(parameters) <> 'OBJECT'
union all
select
    encoder_id,
    query_kind,
    'certificate' as problem
from vector_certificates
where
    least(k, probes, refine, table_version) < 1
    or not n_unindexed between 0 and n_rows
    or not max_growth between 0 and 1
union all
select
    queries.encoder_id,
    queries.query_kind,
    'queries' as problem
from vector_certificate_queries as queries
inner join vector_certificates as certificates using (encoder_id, query_kind)
where
    queries.n_queries < 1
    or not queries.n_all_found between 0 and queries.n_queries
    or not queries.n_hits between queries.n_all_found * certificates.k
    and queries.n_queries * certificates.k - (queries.n_queries - queries.n_all_found)
    or not queries.lowest_cosine between -1.001 and 1.001
