-- 0018: which samples hang together, and how many do, kept for figures that are not counted by classifier
-- data: none moves; data sets with persons or copies are counted again by the next command that writes, and by views
--   until then; figures drawn anew there are left out until `facestore bootstrap` draws them again; undo: drop the two
--   tables and the column
--
-- Scores of prompts, errors of ages and drawn weights take a person, or a picture and its copies, for one observation.

create table kept_sample_clusters (
    sample_id integer not null,
    dataset varchar not null,
    split varchar,
    cluster_number integer not null,
    first_path varchar not null
);
comment on table kept_sample_clusters is 'samples of which several show one person or picture; see the view sample_clusters';
comment on column kept_sample_clusters.cluster_number is 'the smallest sample_id of the cluster';
comment on column kept_sample_clusters.first_path is 'the smallest path of the cluster, on which weights and halves hang';

create table kept_cluster_sizes (
    attribute varchar not null,
    dataset varchar not null,
    split varchar,
    group_attribute varchar not null,
    group_name varchar not null,
    n_samples bigint not null,
    n_clusters bigint not null,
    sum_of_squares bigint not null
);
comment on table kept_cluster_sizes is 'labelled samples of groups in which some hang together; see the view cluster_sizes';
comment on column kept_cluster_sizes.n_samples is 'with a label of the attribute';
comment on column kept_cluster_sizes.sum_of_squares is 'of how many samples of the group each cluster has';

alter table bootstraps add column n_effective double;
comment on column bootstraps.n_effective is 'so many independent samples; views leave out what is of other persons by now';
update bootstraps set n_effective = n_samples;

create temp table with_clusters as
select dataset
from samples
where image_id is not null
group by dataset, split, image_id
having count(*) > 1
union
select dataset
from samples
where person_id is not null
union
select samples.dataset
from excluded_samples
inner join samples using (sample_id);

delete from counted_datasets
where dataset in (select dataset from with_clusters);
delete from kept_label_counts
where dataset in (select dataset from with_clusters);
delete from kept_sample_cells
where dataset in (select dataset from with_clusters);
delete from kept_cell_counts
where dataset in (select dataset from with_clusters);
delete from kept_cell_groups
where dataset in (select dataset from with_clusters);
delete from counted_predictions
where dataset in (select dataset from with_clusters);
delete from kept_prediction_counts
where dataset in (select dataset from with_clusters);
delete from kept_cluster_counts
where dataset in (select dataset from with_clusters);

drop table with_clusters;
