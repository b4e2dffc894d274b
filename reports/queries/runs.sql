-- runs: Runs
-- text: The commands that changed this store, oldest first, with what they changed and how long
-- they took in seconds. Times are UTC; of file arguments only the last part of the path is shown.
-- empty: No command has changed this store yet.
-- command: facestore ingest FOLDER
-- head: run
-- fold: yes
select
    run_id as run,
    command,
    regexp_replace(
        arguments::varchar, '"(?:[/~]|[A-Za-z]:)[^"]*[/\\]([^"/\\]+)"', '"\1"', 'g'
    ) as arguments,
    counts::varchar as counts,
    versions::varchar as versions,
    started_at,
    round(date_diff('millisecond', started_at, ended_at) / 1000, 1)::decimal(12, 1) as seconds,
    outcome
from runs
order by run_id
