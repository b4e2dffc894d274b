-- 0009: predictions and labels counted once, by cell: the combination of labels that a sample has
-- data: none moves; what is there is counted by the next command that writes, and by views until then;
--   undo: drop the seven tables, delete the setting
--
-- Everything here follows from other tables. Views take what is kept, and count the rest themselves.

insert into settings values
(
    'group_attributes',
    '',
    'attributes whose labels make groups, with commas between; empty: all up to five, age, gender and race first'
);

create table counted_datasets (
    dataset varchar primary key,
    attributes varchar[] not null
);
comment on table counted_datasets is 'data sets whose labels and cells are kept; views count the others';
comment on column counted_datasets.attributes is 'which made groups when they were counted';

create table counted_predictions (
    classifier_id integer not null,
    dataset varchar not null,
    primary key (classifier_id, dataset)
);
comment on table counted_predictions is 'classifiers and data sets whose predictions are kept as counts; views count the others';

create table kept_label_counts (
    dataset varchar not null,
    split varchar,
    attribute varchar not null,
    label varchar not null,
    n_samples bigint not null
);
comment on table kept_label_counts is 'how many samples have each label; see the view label_counts';

create table kept_sample_cells (
    sample_id integer not null,
    dataset varchar not null,
    cell ubigint not null
);
comment on table kept_sample_cells is 'the cell of each sample; see the view sample_cells';
comment on column kept_sample_cells.cell is 'half of an MD5 over data set, split, whether it is left out, and labels';

create table kept_cell_counts (
    cell ubigint not null,
    dataset varchar not null,
    split varchar,
    is_excluded boolean not null,
    n_samples bigint not null
);
comment on table kept_cell_counts is 'cells that occur; see the view cells';
comment on column kept_cell_counts.is_excluded is 'whether its samples are left out as duplicates';

create table kept_cell_groups (
    cell ubigint not null,
    dataset varchar not null,
    group_attribute varchar not null,
    group_name varchar not null
);
comment on table kept_cell_groups is 'the groups that all samples of a cell belong to; see the view cell_groups';

create table kept_prediction_counts (
    classifier_id integer not null,
    dataset varchar not null,
    split varchar,
    is_excluded boolean not null,
    cell ubigint not null,
    label varchar,
    predicted varchar,
    n_samples bigint not null,
    n_ties bigint not null
);
comment on table kept_prediction_counts is 'predictions counted by cell; see the view prediction_counts';
comment on column kept_prediction_counts.label is 'of the attribute of the classifier; NULL: not labelled';
comment on column kept_prediction_counts.predicted is 'as the classifier says it; NULL: no class';
comment on column kept_prediction_counts.n_ties is 'of them: no class is predicted because several have the highest score';
