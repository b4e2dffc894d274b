-- dataset_kinds_are_names: a data set has one kind, which is a name and not that of the mean over all kinds
-- audits: dataset_kinds
-- reads: dataset_kinds
-- todo: `facestore kinds NAME KIND` gives a data set another kind
select
    dataset,
    kind
from dataset_kinds
where
    trim(dataset) = ''
    or trim(kind) = ''
    or kind <> trim(kind)
    or lower(kind) = 'all'
