-- classifier_data_refer: what a classifier was trained or tuned on is said of one that is there, and names a data set
-- audits: classifier_data, classifiers
-- reads: classifier_data, classifiers
-- todo: delete these rows with `facestore sql --write`; `facestore predict --classifier FILE` writes those of its heads
-- note: the data set need not be in the store
select
    classifier_data.classifier_id,
    classifier_data.purpose,
    classifier_data.dataset,
    classifier_data.split,
    classifier_data.is_whole
from classifier_data
left join classifiers on classifier_data.classifier_id = classifiers.classifier_id
where
    classifiers.classifier_id is null
    or trim(classifier_data.dataset) = ''
    or (classifier_data.is_whole and classifier_data.split is not null)
