-- samples_say_something: a sample has an image, an error, a label, an annotation, a similarity or a prediction
-- audits: samples
-- reads: samples, labels, annotations, similarities, streamed_winners, predictions
-- severity: note
-- todo: import the labels of these files, or score them; until then nothing can be said about them
select
    sample_id,
    dataset,
    path
from samples
where
    image_id is null
    and error is null
    and sample_id not in (select sample_id from labels)
    and sample_id not in (select sample_id from annotations)
    and sample_id not in (select sample_id from similarities)
    and sample_id not in (select sample_id from streamed_winners)
    and sample_id not in (select sample_id from predictions)
