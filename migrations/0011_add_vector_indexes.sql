-- 0011: indexes over image vectors, and certificates of how much of the exact answer they find
-- data: none moves; undo: drop the three tables; searches are exact without them

create table vector_indexes (
    encoder_id integer primary key,
    name varchar not null,
    kind varchar not null check (kind in ('IVF_RQ', 'IVF_PQ')),
    parameters json not null,
    n_rows bigint not null,
    cpu_seconds double not null,
    built_at timestamp not null
);
comment on table vector_indexes is 'indexes over the image vectors of encoders, made by `facestore index build`';
comment on column vector_indexes.name is 'of the index in the Lance table; each build has its own';
comment on column vector_indexes.kind is 'IVF_RQ or IVF_PQ, as LanceDB calls them';
comment on column vector_indexes.parameters is 'what it was built with: partitions, bits or sub_vectors';
comment on column vector_indexes.n_rows is 'vectors that were indexed';
comment on column vector_indexes.cpu_seconds is 'CPU seconds that building took';
comment on column vector_indexes.built_at is 'UTC';

create table vector_certificates (
    encoder_id integer not null,
    query_kind varchar not null check (query_kind in ('images', 'texts')),
    k integer not null,
    probes integer not null,
    refine integer not null,
    seed bigint not null,
    table_version bigint not null,
    n_rows bigint not null,
    n_unindexed bigint not null,
    max_growth double not null,
    certified_at timestamp not null,
    primary key (encoder_id, query_kind)
);
comment on table vector_certificates is 'how indexes were asked when compared with exact answers; see the view index_certificates';
comment on column vector_certificates.query_kind is 'what was asked: images, as `near` does, or texts, as `search` does';
comment on column vector_certificates.k is 'how many nearest vectors were compared';
comment on column vector_certificates.probes is 'partitions that are looked through for a query';
comment on column vector_certificates.refine is 'k times as many vectors are compared exactly for a query';
comment on column vector_certificates.seed is 'of the draw of the queries';
comment on column vector_certificates.table_version is 'version of the Lance table';
comment on column vector_certificates.n_rows is 'vectors in the table then';
comment on column vector_certificates.n_unindexed is 'of them, those that were not in the index and were compared one by one';
comment on column vector_certificates.max_growth is 'by which fraction of n_rows the table may grow before the certificate is void';
comment on column vector_certificates.certified_at is 'UTC';

create table vector_certificate_queries (
    encoder_id integer not null,
    query_kind varchar not null check (query_kind in ('images', 'texts')),
    source varchar not null check (source in ('stored', 'given')),
    dataset varchar,
    n_queries bigint not null,
    n_all_found bigint not null,
    n_hits bigint not null,
    lowest_cosine double not null
);
comment on table vector_certificate_queries is 'queries of certificates by encoder, kind, source and data set';
comment on column vector_certificate_queries.source is 'stored: drawn from the vectors of the store; given: by a user';
comment on column vector_certificate_queries.dataset is 'data set that they were drawn from; NULL: texts, and what was given';
comment on column vector_certificate_queries.n_all_found is 'queries of which all k nearest were found';
comment on column vector_certificate_queries.n_hits is 'of the k nearest of each query, how many were found in all';
comment on column vector_certificate_queries.lowest_cosine is 'lowest of the cosines of the k-th nearest vector';
