-- indexes: Indexes
-- text: A row an index, with what it surely finds for each kind of queries.
select
    encoders.name as encoder,
    vector_indexes.kind,
    vector_indexes.n_rows,
    coalesce(
        string_agg(
            format(
                'at least {:.4f} of the {} nearest for {}',
                index_certificates.recall_at_least,
                index_certificates.k,
                index_certificates.query_kind
            ),
            ', '
            order by index_certificates.query_kind
        ),
        'not certified'
    ) as finds
from vector_indexes
inner join encoders using (encoder_id)
left join index_certificates using (encoder_id)
group by all
order by all
