-- 0013: on which data classifiers were trained, and by which their penalty or number of epochs was chosen
-- data: rows for trained heads that are there, from what their files say, or else from the row of `runs` that wrote the
--   file; undo: drop the table
--
-- Nothing is known of other classifiers. A split that chose nothing, as where the penalty was given, has no row.

create table classifier_data (
    classifier_id integer not null,
    purpose varchar not null check (purpose in ('trained', 'tuned')),
    dataset varchar not null,
    split varchar,
    is_whole boolean not null
);
comment on table classifier_data is 'data that classifiers were trained or tuned on; without a row nothing is known';
comment on column classifier_data.purpose is 'trained: weights were fitted on it; tuned: it chose the penalty or the number of epochs';
comment on column classifier_data.dataset is 'name of the data set, which need not be in the store';
comment on column classifier_data.split is 'NULL: samples without a split, or any where is_whole';
comment on column classifier_data.is_whole is 'the whole data set is meant, whatever its splits are now';

insert into classifier_data
with written as (
    select
        parse_filename(arguments ->> 'file') as file,
        arg_max(arguments, run_id) as arguments
    from runs
    where starts_with(command, 'train ') and (arguments ->> 'file') is not null and outcome = 'done'
    group by all
),

-- both name them in the same words
said as (
    select
        classifiers.classifier_id,
        if(
            (classifiers.details -> 'training' ->> 'dataset') is not null,
            classifiers.details -> 'training',
            written.arguments
        ) as training,
        (classifiers.details -> 'metrics') is not null
        and (classifiers.details -> 'metrics' -> 'validation_accuracy') is null as is_penalty_given
    from classifiers
    left join written on classifiers.details ->> 'file' = written.file
    where (classifiers.details ->> 'file_sha256') is not null
)

select
    classifier_id,
    'trained' as purpose,
    training ->> 'dataset' as dataset,
    training ->> 'split' as split,
    false as is_whole
from said
where (training ->> 'dataset') is not null
union all
select
    classifier_id,
    'tuned' as purpose,
    training ->> 'dataset' as dataset,
    training ->> 'val_split' as split,
    false as is_whole
from said
where
    (training ->> 'dataset') is not null
    and (training ->> 'val_split') is not null
    and not is_penalty_given
order by all;
