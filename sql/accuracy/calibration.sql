-- calibration: whether the confidence of a zero-shot classifier is worth its name, by group
-- grain: aggregation, encoder, prompt_set, attribute, dataset, split, group_attribute, group_name
-- units: all but counts are fractions; expected_calibration_error: mean over the samples of
-- |accuracy - confidence| of their bin, over 15 bins of equal width; overconfidence is confidence - accuracy;
-- calibration_error_by_chance: the mean of that error if each bin had in truth the accuracy that its confidence says, and
-- calibration_error_chance_95 its 95 % quantile, roughly (normal), with as many samples in each bin;
-- ci_low and ci_high: 95 % interval of the error that more such samples would have, at the same bins; what is
-- by chance and the interval are of n_effective samples: a person, or a picture and its copies, counts as one
-- reads: calibration_bins, binomial_mean_deviation, shrunken_share
-- source: Naeini et al. 2015; Guo et al. 2017, arXiv 1706.04599, section 2; that the error is above 0 by chance:
-- Bröcker and Smith 2007, 10.1175/WAF993.1
-- note: small groups have few samples in a bin, which alone makes the error larger: read what is above chance. The interval
-- holds whatever the true error is, as one that is off by x and by chance e lies between |x| + e or |x| - e and |x| + |e|;
-- a bootstrap of this error does not hold where it is near 0 (docs/figures.md). A group with fewer than min_samples samples
-- (a setting of the store) has no figures
with sized as (
    select
        *,
        -- of which each varies as much as one independent sample does
        n_samples / n_effective as n_alike
    from calibration_bins
),

bins as (
    select
        *,
        binomial_mean_deviation(n_effective, sized.confidence) * n_alike as n_off_by_chance,
        n_samples * abs(sized.accuracy - sized.confidence) as n_off,
        n_samples
        * shrunken_share(n_correct / n_alike, n_effective)
        * (1 - shrunken_share(n_correct / n_alike, n_effective))
        * n_alike as variance
    from sized
),

sums as (
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
        sum(bins.n_off) / sum(n_samples) as expected_calibration_error,
        max(abs(bins.accuracy - bins.confidence))
            as maximum_calibration_error,
        sum(bins.n_off_by_chance) / sum(n_samples) as calibration_error_by_chance,
        (
            sum(bins.n_off_by_chance) + 1.6448536269514722e0 * sqrt(greatest(0, sum(
                n_samples * bins.confidence * (1 - bins.confidence) * n_alike
                - bins.n_off_by_chance ** 2
            )))
        ) / sum(n_samples) as calibration_error_chance_95,
        -- what bins lie off beyond doubt does not make the error larger by chance; what others do does
        sum(if(bins.n_off > 3 * sqrt(bins.variance), 0, sqrt(0.6366197723675814e0 * bins.variance)))
            as n_off_too_much,
        sum(
            if(bins.n_off > 3 * sqrt(bins.variance), 1, 0.3633802276324186e0) * bins.variance
        ) as variance_below,
        sum(bins.variance) as variance_above,
        -- how many samples are in each bin is chance as well
        (sum(bins.n_off ** 2 / n_samples) - sum(bins.n_off) ** 2 / sum(n_samples)) * max(n_alike)
            as variance_of_sizes,
        sum(n_effective) as n_effective
    from bins
    group by all
)

select
    * exclude (n_off_too_much, variance_below, variance_above, variance_of_sizes, n_effective),
    greatest(
        0,
        expected_calibration_error - (
            n_off_too_much
            + 1.959963984540054e0 * sqrt(greatest(0, variance_below + variance_of_sizes))
        ) / n_samples
    ) as ci_low,
    least(
        1,
        expected_calibration_error
        + 1.959963984540054e0 * sqrt(greatest(0, variance_above + variance_of_sizes)) / n_samples
    ) as ci_high,
    n_effective
from sums
