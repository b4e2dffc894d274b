-- state: State
-- text: The last run, and how many rows decide what can be done next.
select
    (select count(*) from samples) as n_samples,
    (select count(*) from images) as n_images,
    (select count(*) from labels) as n_labels,
    (select count(*) from predictions) as n_predictions,
    (select count(*) from runs) as n_runs,
    (select arg_max(command, run_id) from runs) as last_command,
    (select arg_max(ended_at, run_id) from runs) as last_at,
    (select arg_max(outcome, run_id) from runs) as last_outcome
