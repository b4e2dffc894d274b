-- 0001: data sets, samples and labels; encoders and prompts; similarities and predictions; the log of runs
-- data: none moves; undo: start a new store
--
-- similarities and predictions grow to hundreds of millions of rows and have no index on purpose:
-- one row is unique by an anti-join at insert, and by an audit.

create table datasets (
    dataset varchar primary key,
    source varchar,
    layout varchar,
    added_at timestamp not null
);
comment on table datasets is 'data sets: where their files or labels came from';
comment on column datasets.source is 'folder or file as it was given';
comment on column datasets.layout is 'how names and labels were read: folder, csv, utkface or import';
comment on column datasets.added_at is 'UTC';

create table images (
    image_id varchar primary key,
    phash ubigint,
    width integer,
    height integer,
    format varchar,
    n_bytes bigint
);
comment on table images is 'contents of image files; exact duplicates are samples which share one';
comment on column images.image_id is 'SHA-256 (hex) of the bytes of the file';
comment on column images.phash is '64-bit DCT perceptual hash; NULL when it could not be decoded';
comment on column images.width is 'pixels';
comment on column images.height is 'pixels';

create table samples (
    sample_id integer primary key,
    dataset varchar not null,
    path varchar not null,
    image_id varchar,
    split varchar,
    tags varchar[],
    error varchar,
    unique (dataset, path)
);
comment on table samples is 'one file in one data set: it has the labels, the split and the predictions';
comment on column samples.path is 'relative to the source, or as the label table names the file';
comment on column samples.image_id is 'NULL: no readable image, or only its labels are known';
comment on column samples.split is 'train, val, test ...; NULL: none';
comment on column samples.tags is 'what to slice by besides labels, such as service_test of FairFace';
comment on column samples.error is 'why the file could not be read; NULL: nothing wrong';

create table classes (
    attribute varchar not null,
    class varchar not null,
    ordinal integer not null,
    low double,
    high double,
    primary key (attribute, class)
);
comment on table classes is 'the classes of an attribute; names are stored everywhere, never indices';
comment on column classes.ordinal is 'a tie between classes goes to the lowest';
comment on column classes.low is 'ages: first year of the class';
comment on column classes.high is 'ages: last year of the class; NULL: no limit';

insert into classes values
('gender', 'Male', 1, null, null),
('gender', 'Female', 2, null, null),
('race', 'White', 1, null, null),
('race', 'Black', 2, null, null),
('race', 'Indian', 3, null, null),
('race', 'Latino_Hispanic', 4, null, null),
('race', 'Southeast Asian', 5, null, null),
('race', 'East Asian', 6, null, null),
('race', 'Middle Eastern', 7, null, null),
('age', '0-2', 1, 0, 2),
('age', '3-9', 2, 3, 9),
('age', '10-19', 3, 10, 19),
('age', '20-29', 4, 20, 29),
('age', '30-39', 5, 30, 39),
('age', '40-49', 6, 40, 49),
('age', '50-59', 7, 50, 59),
('age', '60-69', 8, 60, 69),
('age', 'more than 70', 9, 70, null);

create table labels (
    sample_id integer not null,
    attribute varchar not null,
    label varchar,
    value double,
    primary key (sample_id, attribute)
);
comment on table labels is 'perceived attributes as the data set states them';
comment on column labels.label is 'a class of the attribute';
comment on column labels.value is 'a number where one is known: age in years';

create table encoders (
    encoder_id integer primary key,
    name varchar not null unique,
    source varchar not null check (source in ('open_clip', 'imported')),
    architecture varchar not null,
    pretrained varchar,
    precision varchar,
    dim integer,
    logit_scale double,
    preprocessing varchar,
    weights_sha256 varchar,
    versions varchar,
    vectors varchar not null unique,
    added_at timestamp not null
);
comment on table encoders is 'models which turn images and texts into vectors';
comment on column encoders.name is 'architecture, weights and precision in one string';
comment on column encoders.source is 'open_clip: loaded here; imported: only its vectors, similarities or predictions';
comment on column encoders.pretrained is 'open_clip tag of the weights, or name of a checkpoint';
comment on column encoders.dim is 'width of its vectors';
comment on column encoders.logit_scale is 'factor from cosine to logit (not its logarithm)';
comment on column encoders.preprocessing is 'JSON: image size, mean, std, interpolation ...';
comment on column encoders.weights_sha256 is 'SHA-256 over the loaded weights, by parameter name';
comment on column encoders.versions is 'JSON: library versions at first use';
comment on column encoders.vectors is 'first part of the names of its two Lance tables, .images and .texts';
comment on column encoders.added_at is 'UTC';

create table prompts (
    prompt_id integer primary key,
    text varchar not null unique
);
comment on table prompts is 'texts; one is encoded once per encoder, however many sets have it';

create table prompt_sets (
    prompt_set varchar primary key,
    description varchar
);
comment on table prompt_sets is 'named lists of prompts';

create table prompt_set_members (
    prompt_set varchar not null,
    prompt_id integer not null,
    key varchar,
    primary key (prompt_set, prompt_id)
);
comment on table prompt_set_members is 'the prompts of a set';
comment on column prompt_set_members.key is 'name of the prompt in the file that the set came from';

create table prompt_classes (
    prompt_set varchar not null,
    prompt_id integer not null,
    attribute varchar not null,
    class varchar not null,
    primary key (prompt_set, prompt_id, attribute)
);
comment on table prompt_classes is 'the class that a prompt of a set names; a prompt may name a class of several attributes, or of none';

create table class_text_norms (
    encoder_id integer not null,
    prompt_set varchar not null,
    attribute varchar not null,
    class varchar not null,
    norm double not null,
    primary key (encoder_id, prompt_set, attribute, class)
);
comment on table class_text_norms is 'length of the mean of the unit text vectors of a class; zero_shot_embedding_mean divides by it';
comment on column class_text_norms.norm is 'in (0, 1]';

create table similarities (
    encoder_id integer not null,
    prompt_id integer not null,
    sample_id integer not null,
    cosine float not null
);
comment on table similarities is 'every image against every prompt; not indexed, unique by encoder, prompt and sample';
comment on column similarities.cosine is 'image . text of unit vectors, in [-1, 1]';

create table classifiers (
    classifier_id integer primary key,
    name varchar not null unique,
    kind varchar not null check (kind in ('zero_shot', 'linear_probe', 'finetuned', 'imported')),
    attribute varchar not null,
    encoder_id integer,
    prompt_set varchar,
    aggregation varchar,
    k integer,
    details json
);
comment on table classifiers is 'what makes predictions of one attribute';
comment on column classifiers.aggregation is 'how the prompts of a class are pooled: sum, mean, topk or embedding_mean';
comment on column classifiers.k is 'topk: the number of prompts of a class that count';
comment on column classifiers.details is 'what else is known: the file of an import, hyper-parameters';

create table predictions (
    classifier_id integer not null,
    sample_id integer not null,
    predicted varchar,
    score double,
    margin double,
    value double
);
comment on table predictions is 'what a classifier says of a sample; not indexed, unique by classifier and sample';
comment on column predictions.predicted is 'a class of the attribute of the classifier';
comment on column predictions.score is 'of the predicted class, in the units of the classifier';
comment on column predictions.margin is 'score minus that of the second class; NULL: not known';
comment on column predictions.value is 'a number, for regression: age in years';

create table runs (
    run_id integer primary key,
    command varchar not null,
    arguments json,
    counts json,
    versions json,
    started_at timestamp not null,
    ended_at timestamp not null,
    outcome varchar not null
);
comment on table runs is 'one row per command that changed the store';
comment on column runs.counts is 'what changed, by name';
comment on column runs.started_at is 'UTC';
comment on column runs.ended_at is 'UTC';
comment on column runs.outcome is 'done, or the error that ended it';

create table schema_views (
    view_name varchar primary key,
    checksum varchar not null
);
comment on table schema_views is 'the views and macros that facestore installed; they are replaced when their files change';
