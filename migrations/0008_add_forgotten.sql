-- 0008: what was forgotten on request and is not taken in again, so that nobody can read what it was
-- data: none moves; undo: drop the two tables, and with them the refusal

create table forgotten (
    digest varchar primary key,
    kind varchar not null check (kind in ('content', 'name'))
);
comment on table forgotten is 'what `facestore forget` took out: it is not taken in again unless told';
comment on column forgotten.digest is 'HMAC-SHA256 (hex) of a content, or of data set and path, by the key of this store';
comment on column forgotten.kind is 'content: the SHA-256 of a file; name: data set and path';

create table forgotten_key (
    key varchar primary key
);
comment on table forgotten_key is 'the key of the digests: 32 random bytes (hex), one row; made with the first of them';
