-- samples_refer: every sample belongs to a data set, and its image is known where it has one
-- audits: samples, datasets, images
-- reads: samples, datasets, images
-- todo: ingest or import the data set again; it fills in what is missing
select
    samples.sample_id,
    samples.dataset,
    samples.path,
    samples.image_id,
    if(datasets.dataset is null, 'unknown data set', 'unknown image') as problem
from samples
left join datasets on samples.dataset = datasets.dataset
left join images on samples.image_id = images.image_id
where
    datasets.dataset is null
    or (samples.image_id is not null and images.image_id is null)
