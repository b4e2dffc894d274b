-- diff_contents: What was added, removed or changed
-- text: Data sets, labels, encoders, prompt sets, classifiers, settings and published figures which only one
-- of the stores has (added, removed), or which hold something else under the same name (changed), by
-- their fingerprints. n counts the samples of a data set, the similarities of an encoder, the prompts of a set,
-- the predictions of a classifier.
-- empty: Nothing: both stores hold the same.
-- head: name
select
    coalesce(after.kind, before.kind) as kind,
    coalesce(after.name, before.name) as name,
    case
        when before.name is null then 'added'
        when after.name is null then 'removed'
        else 'changed'
    end as change,
    before.n_rows as n_before,
    after.n_rows as n_after
from content_fingerprints as after
full join other.content_fingerprints as before using (kind, name)
where
    coalesce(after.kind, before.kind) <> 'store'
    and after.digest is distinct from before.digest
order by kind, name
