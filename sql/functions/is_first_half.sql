-- is_first_half(dataset_name, sample_path): in which half of its data set a sample is
-- grain: scalar
-- units: true for about half of all samples
-- reads:
-- note: by an MD5, so that halves are the same in every store, and nothing else hangs on them
select md5(dataset_name || '/' || sample_path) < '8'
