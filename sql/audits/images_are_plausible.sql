-- images_are_plausible: an image is named by 64 hex digits and has a size; one with a pHash was decoded
-- audits: images
-- reads: images
-- todo: ingest the folder of these images again
select
    image_id,
    phash,
    width,
    height,
    format,
    n_bytes
from images
where
    not regexp_full_match(image_id, '[0-9a-f]{64}')
    or width <= 0
    or height <= 0
    or n_bytes <= 0
    or (width is null) <> (height is null)
    or (phash is not null and width is null)
