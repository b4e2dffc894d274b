-- 0014: who a sample shows, and how many samples of one person or copy are judged together
-- data: none moves; predictions on data sets with copies are counted again by the next command that writes, and by
--   views until then; undo: drop the column and the table
--
-- Several samples of one person, or copies of one picture, are no independent observations: intervals count them as fewer.

alter table samples add column person_id varchar;
comment on column samples.person_id is 'who it shows, as the data set calls them, within the data set; NULL: not known';

create table kept_cluster_counts (
    classifier_id integer not null,
    dataset varchar not null,
    split varchar,
    group_attribute varchar not null,
    group_name varchar not null,
    is_judged boolean not null,
    n_in_cluster bigint not null,
    n_clusters bigint not null,
    n_correct bigint,
    sum_n_correct_squared bigint
);
comment on table kept_cluster_counts is 'predictions by how many there are of the same person or picture; see the view cluster_effects';
comment on column kept_cluster_counts.is_judged is 'whether judged predictions are counted, or all of a class';
comment on column kept_cluster_counts.n_in_cluster is 'so many of the group are in each of these clusters';
comment on column kept_cluster_counts.n_correct is 'right ones of all these clusters; NULL where they are not judged';
comment on column kept_cluster_counts.sum_n_correct_squared is 'squares of the right ones of each cluster, added up';

delete from kept_prediction_counts
where dataset in (
    select dataset
    from samples
    where image_id is not null
    group by dataset, image_id
    having count(*) > 1
)
or dataset in (select samples.dataset from excluded_samples inner join samples using (sample_id));

delete from counted_predictions
where dataset in (
    select dataset
    from samples
    where image_id is not null
    group by dataset, image_id
    having count(*) > 1
)
or dataset in (select samples.dataset from excluded_samples inner join samples using (sample_id));
