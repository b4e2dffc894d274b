-- cosines_not_kept: samples that were scored in a stream: what wins with every k is known, and no cosine
-- grain: encoder, prompt_set, attribute, dataset, split
-- units: n_samples counts samples
-- reads: streams, streamed_winners, samples, encoders
-- note: of these samples winners_every_k, k_sweep, best_k, confusion_every_k and k_sweep_without_duplicates answer;
-- prompt_scores, class_scores, zero_shot_*, top_n_accuracy, calibration_bins, wording_accuracy and prompt_sensitivity
-- have no row of them: `facestore settings keep_similarities always`, then score again
select
    streams.encoder_id,
    encoders.name as encoder,
    streams.prompt_set,
    streams.attribute,
    samples.dataset,
    samples.split,
    count(*) as n_samples
from streams
inner join streamed_winners using (stream_id)
inner join samples using (sample_id)
inner join encoders on streams.encoder_id = encoders.encoder_id
where streams.is_current and streamed_winners.k_before = 0
group by all
