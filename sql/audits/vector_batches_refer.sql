-- vector_batches_refer: checksums of vectors belong to an encoder
-- audits: vector_batches, encoders
-- reads: vector_batches, encoders
-- todo: delete these rows with `facestore sql --write`
select
    encoder_id,
    kind,
    first_row,
    n_rows
from vector_batches
where encoder_id not in (select encoder_id from encoders)
