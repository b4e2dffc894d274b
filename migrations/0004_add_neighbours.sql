-- 0004: pairs of images whose vectors are close, and what they were searched among
-- data: none moves; undo: drop both tables

create table neighbour_searches (
    encoder_id integer primary key,
    min_cosine double not null,
    n_vectors bigint not null,
    searched_at timestamp not null
);
comment on table neighbour_searches is 'encoders whose vectors were compared in pairs; without a row here, no neighbours means nothing';
comment on column neighbour_searches.min_cosine is 'pairs below it were not kept, in (0, 1]';
comment on column neighbour_searches.n_vectors is 'vectors of images that the encoder had then';
comment on column neighbour_searches.searched_at is 'UTC';

create table neighbours (
    encoder_id integer not null,
    key_a varchar not null,
    key_b varchar not null,
    cosine float not null
);
comment on table neighbours is 'pairs of images whose vectors are close; not indexed, unique by encoder and keys; a search replaces all';
comment on column neighbours.key_a is 'key of its vector, as in vector_keys; the one that comes first as text';
comment on column neighbours.key_b is 'key of the other vector';
comment on column neighbours.cosine is 'of the two vectors, in [min_cosine, 1]; float32 as it was computed';
