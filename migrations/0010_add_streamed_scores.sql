-- 0010: samples that are scored in a stream: what wins with every k is kept, and no cosine
-- data: none moves; undo: drop the two tables, delete the setting; score again what was streamed

insert into settings values
(
    'keep_similarities',
    'auto',
    'whether score keeps every cosine as a row: always, never, or auto: up to 10 million of an encoder and a prompt set'
);

create table streamed_scores (
    stream_id integer primary key,
    encoder_id integer not null,
    prompt_set varchar not null,
    attribute varchar not null,
    prompts varchar[] not null,
    unique (encoder_id, prompt_set, attribute)
);
comment on table streamed_scores is 'what was scored without keeping cosines; see the view streams';
comment on column streamed_scores.prompts is 'classes and prompts of then, in the order of the classes';

create table streamed_winners (
    stream_id integer not null,
    sample_id integer not null,
    k_before integer not null,
    winner_1 usmallint not null,
    winner_2 usmallint not null,
    winner_3 usmallint not null,
    winner_4 usmallint not null,
    winner_5 usmallint not null,
    winner_6 usmallint not null,
    winner_7 usmallint not null,
    winner_8 usmallint not null
);
comment on table streamed_winners is 'the class that wins with every k, of samples without similarities; see the view winners_every_k';
comment on column streamed_winners.winner_1 is 'place of the class predicted with k = k_before + 1, and so on to winner_8';
