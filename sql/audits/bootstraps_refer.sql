-- bootstraps_refer: what was drawn anew belongs to a classifier and a data set, each replicate to what was drawn
-- audits: bootstraps, bootstrap_figures, classifiers, datasets
-- reads: bootstraps, bootstrap_figures, classifiers, datasets
-- todo: views leave these out; `facestore doctor --repair` deletes them, and `facestore bootstrap` draws what is there
select
    bootstrap_id,
    if(
        classifier_id in (select classifier_id from classifiers), 'unknown data set', 'unknown classifier'
    ) as problem
from bootstraps
where
    classifier_id not in (select classifier_id from classifiers)
    or dataset not in (select dataset from datasets)
union all
select distinct
    bootstrap_id,
    'replicates of nothing' as problem
from bootstrap_figures
where bootstrap_id not in (select bootstrap_id from bootstraps)
