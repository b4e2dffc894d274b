-- 0003: what is left out as a duplicate, how splits were made, and when images are nearly the same
-- data: none moves; undo: drop the two tables, delete the setting

insert into settings values
(
    'duplicate_distance',
    '5',
    'images whose perceptual hashes differ in at most so many of 64 bits count as nearly the same'
);

create table excluded_samples (
    sample_id integer primary key,
    reason varchar not null,
    policy varchar not null,
    max_distance integer not null,
    kept_sample_id integer
);
comment on table excluded_samples is 'samples which `facestore dedup` leaves out of figures without duplicates; no file is deleted';
comment on column excluded_samples.reason is 'same content, nearly the same, or labels conflict';
comment on column excluded_samples.policy is 'keep-one, drop-conflicting or drop-all';
comment on column excluded_samples.max_distance is 'bits of the perceptual hash within which images counted as nearly the same';
comment on column excluded_samples.kept_sample_id is 'the sample that stays in its place; NULL: none does';

create table dataset_splits (
    dataset varchar primary key,
    splits varchar[] not null,
    fractions double[] not null,
    stratified_by varchar[] not null,
    seed bigint not null,
    made_at timestamp not null
);
comment on table dataset_splits is 'data sets whose splits `facestore split` made, and how';
comment on column dataset_splits.splits is 'names, in the order of the fractions';
comment on column dataset_splits.fractions is 'of the samples, in [0, 1]';
comment on column dataset_splits.stratified_by is 'attributes whose cells are spread over the splits alike';
comment on column dataset_splits.seed is 'another seed gives another split';
comment on column dataset_splits.made_at is 'UTC';
