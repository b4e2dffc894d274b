-- 0016: figures drawn anew with weights, for intervals of what has no formula
-- data: none moves; undo: drop the two tables; `facestore bootstrap` makes them again

create table bootstraps (
    bootstrap_id integer primary key,
    classifier_id integer not null,
    dataset varchar not null,
    split varchar,
    group_attribute varchar not null,
    group_name varchar not null,
    measure varchar not null,
    seed bigint not null,
    n_replicates integer not null,
    n_samples bigint not null,
    value double not null,
    made_at timestamp not null
);
comment on table bootstraps is 'figures that were drawn anew, and what they were; see the view bootstrap_intervals';
comment on column bootstraps.measure is 'balanced_accuracy, macro_f1, mae or within_8_years';
comment on column bootstraps.seed is 'what the weights hang on, with data set and path of a sample and the number of the replicate';
comment on column bootstraps.value is 'the figure of all samples; views leave out what is another one by now';

create table bootstrap_figures (
    bootstrap_id integer not null,
    replicate integer not null,
    value double
);
comment on table bootstrap_figures is 'the figure in each replicate: each sample counts as often as its weight says';
comment on column bootstrap_figures.replicate is 'from 1';
comment on column bootstrap_figures.value is 'NULL: no sample of the group is drawn';
