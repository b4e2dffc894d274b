-- vector_indexes_refer: an index belongs to an encoder, a certificate to an index, its queries to it and to data sets
-- audits: vector_indexes, vector_certificates, vector_certificate_queries, encoders, datasets
-- reads: vector_indexes, vector_certificates, vector_certificate_queries, encoders, datasets
-- todo: run `facestore index build` and `facestore index certify` again, or `facestore index drop`
select
    encoder_id,
    'index of an unknown encoder' as problem
from vector_indexes
where encoder_id not in (select encoder_id from encoders)
union all
select
    encoder_id,
    'certificate without an index' as problem
from vector_certificates
where encoder_id not in (select encoder_id from vector_indexes)
union all
select
    queries.encoder_id,
    if(certificates.k is null, 'queries without a certificate', 'queries of an unknown data set') as problem
from vector_certificate_queries as queries
left join vector_certificates as certificates using (encoder_id, query_kind)
where
    certificates.k is null
    or queries.dataset not in (select dataset from datasets)
