-- calibration: whether the confidence of a zero-shot classifier is worth its name, by group
-- grain: aggregation, encoder, prompt_set, attribute, dataset, split, group_attribute, group_name
-- units: all but counts are fractions; expected_calibration_error: mean over the samples of
-- |accuracy - confidence| of their bin, over 15 bins of equal width; overconfidence is confidence - accuracy
-- reads: calibration_bins
-- source: Naeini et al. 2015; Guo et al. 2017, arXiv 1706.04599, section 2
-- note: small groups have few samples in a bin, which alone makes the error larger; a group with fewer
-- than min_samples samples (a setting of the store) has no figures
select
    aggregation,
    encoder_id,
    encoder,
    prompt_set,
    attribute,
    taxonomy,
    dataset,
    split,
    group_attribute,
    group_name,
    sum(n_samples)::bigint as n_samples,
    count(*) as n_bins,
    sum(calibration_bins.accuracy * n_samples) / sum(n_samples) as accuracy,
    sum(calibration_bins.confidence * n_samples) / sum(n_samples) as confidence,
    sum((calibration_bins.confidence - calibration_bins.accuracy) * n_samples)
    / sum(n_samples) as overconfidence,
    sum(abs(calibration_bins.accuracy - calibration_bins.confidence) * n_samples)
    / sum(n_samples) as expected_calibration_error,
    max(abs(calibration_bins.accuracy - calibration_bins.confidence))
        as maximum_calibration_error
from calibration_bins
group by all
