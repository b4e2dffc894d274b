-- calibration: whether the confidence of a zero-shot classifier is worth its name, by group
-- grain: aggregation, encoder, prompt_set, attribute, dataset, split, group_attribute, group_name
-- units: all but counts are fractions; expected_calibration_error: mean over the samples of
-- |accuracy - confidence| of their bin, over 15 bins of equal width; overconfidence is confidence - accuracy;
-- calibration_error_by_chance: the mean of that error if each bin had in truth the accuracy that its confidence says, and
-- calibration_error_chance_95 its 95 % quantile, roughly (normal), with as many samples in each bin
-- reads: calibration_bins, binomial_mean_deviation
-- source: Naeini et al. 2015; Guo et al. 2017, arXiv 1706.04599, section 2; that the error is above 0 by chance:
-- Bröcker and Smith 2007, 10.1175/WAF993.1
-- note: small groups have few samples in a bin, which alone makes the error larger: read what is above chance; a group
-- with fewer than min_samples samples (a setting of the store) has no figures
with bins as (
    select
        *,
        binomial_mean_deviation(n_samples, calibration_bins.confidence) as n_off_by_chance
    from calibration_bins
)

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
    sum(bins.accuracy * n_samples) / sum(n_samples) as accuracy,
    sum(bins.confidence * n_samples) / sum(n_samples) as confidence,
    sum((bins.confidence - bins.accuracy) * n_samples)
    / sum(n_samples) as overconfidence,
    sum(abs(bins.accuracy - bins.confidence) * n_samples)
    / sum(n_samples) as expected_calibration_error,
    max(abs(bins.accuracy - bins.confidence))
        as maximum_calibration_error,
    sum(bins.n_off_by_chance) / sum(n_samples) as calibration_error_by_chance,
    (
        sum(bins.n_off_by_chance) + 1.6448536269514722e0 * sqrt(greatest(0, sum(
            n_samples * bins.confidence * (1 - bins.confidence) - bins.n_off_by_chance ** 2
        )))
    ) / sum(n_samples) as calibration_error_chance_95
from bins
group by all
