-- vector_batches_are_whole: checksums of vectors lie side by side from the first row on, 4 bytes a row
-- audits: vector_batches
-- reads: vector_batches
-- todo: compare the vectors with those of a copy; then delete the rows of this encoder and kind with
--   `facestore sql --write`, and `facestore doctor --repair` records the vectors as they are found
select
    encoder_id,
    kind,
    first_row,
    n_rows,
    sha256
from (
    select
        *,
        coalesce(
            lag(first_row + n_rows) over (partition by encoder_id, kind order by first_row),
            0
        ) as expected_row
    from vector_batches
) as placed
where
    first_row <> expected_row
    or n_rows < 1
    or octet_length(row_checks) <> 4 * n_rows
    or not regexp_full_match(sha256, '[0-9a-f]{64}')
