-- 0012: a new store hides the rates of groups with fewer than 30 samples
-- data: none moves, and a store with samples or runs keeps its setting; undo: facestore settings min_samples 1

update settings set value = '30'
where
    setting = 'min_samples'
    and value = '1'
    and not exists (from samples)
    and not exists (from runs)
    and not exists (from classifiers);
