-- 0007: checksums of the vectors in the Lance tables, in the order of their rows
-- data: none moves; vectors that are there already are recorded by the next command that writes, or by
--   `facestore doctor --repair`; undo: drop the table

create table vector_batches (
    encoder_id integer not null,
    kind varchar not null check (kind in ('images', 'texts')),
    first_row bigint not null,
    n_rows bigint not null,
    sha256 varchar not null,
    row_checks blob not null,
    origin varchar not null check (origin in ('written', 'found')),
    recorded_at timestamp not null,
    primary key (encoder_id, kind, first_row)
);
comment on table vector_batches is 'checksums of rows of a Lance table that lie side by side; `facestore doctor --deep` compares them';
comment on column vector_batches.kind is 'which of the two Lance tables of the encoder: images or texts';
comment on column vector_batches.first_row is 'place of the first of them in the Lance table, from 0';
comment on column vector_batches.n_rows is 'how many';
comment on column vector_batches.sha256 is 'SHA-256 (hex) over the digests of the rows; see docs/doctor.md for the layout';
comment on column vector_batches.row_checks is 'the first 4 bytes of the digest of each row, so that a damaged row can be named';
comment on column vector_batches.origin is 'written: of what was to be written; found: of what was there, trusted as it was found';
comment on column vector_batches.recorded_at is 'UTC';
