-- prompt_sensitivity: how much of an accuracy is the wording of the prompts, and how much is chance
-- grain: encoder, prompt_set, attribute, dataset, split
-- units: fractions in [0, 1]; accuracy_spread is accuracy_max - accuracy_min over the wordings,
-- accuracy_sd their standard deviation; chance_spread is the mean spread that wordings would have which are all equally
-- good; cochran_q and p_value test whether they are; n_paired counts the samples that all wordings judged, on which
-- the three rest, and of n_effective of them: a person, or a picture and its copies, counts as one (see cluster_sizes);
-- ensemble_accuracy is that of the mean over all prompts of a class
-- reads: wording_accuracy, wording_counts, ensemble_counts, cluster_sizes, encoders, counted_by_cluster, chi_square_tail,
-- normal_range
-- source: Cochran 1950, 10.1093/biomet/37.3-4.256; chance_spread: normal_range of the same variance, that of the wordings'
-- counts when the right ones of each sample are dealt to them by chance; the statistic is divided by the design effect: Rao
-- and Scott 1984, 10.1214/aos/1176346391
-- note: the wordings are judged on the same samples, so that a spread far below the width of their intervals can be no
-- chance, which p_value says. It is 1 where the wordings never disagree and NULL for a single one; the best wording was
-- chosen on the samples it is judged on, so it flatters
with spreads as (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        min(n_samples) as n_samples,
        count(*) as n_wordings,
        min(accuracy) as accuracy_min,
        max(accuracy) as accuracy_max,
        avg(accuracy) as accuracy_mean,
        max(accuracy) - min(accuracy) as accuracy_spread,
        stddev_samp(accuracy) as accuracy_sd,
        arg_max(wording, { 'accuracy': accuracy, 'name': wording }) as best_wording,
        arg_min(wording, { 'accuracy': accuracy, 'name': wording }) as worst_wording
    from wording_accuracy
    group by all
),

paired as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        count(*) as k,
        max(n_paired) as n_paired,
        sum(n_paired_correct) as n_right,
        sum(n_paired_correct ** 2) as sum_of_squares,
        -- of the samples on which they disagree: how many are right times how many are wrong
        sum(n_against) as disagreement
    from wording_counts
    group by all
),

tests as (
    select
        paired.*,
        counted_by_cluster(paired.n_paired, cluster_sizes.mean_cluster_size) as n_effective,
        -- of each sample
        n_effective / paired.n_paired as worth,
        coalesce(
            (paired.k - 1) * (paired.k * paired.sum_of_squares - paired.n_right ** 2)
            / nullif(paired.disagreement, 0),
            0
        ) * worth as cochran_q,
        normal_range(paired.k) * sqrt(paired.disagreement / (paired.k * (paired.k - 1)))
        / paired.n_paired
        / sqrt(worth) as chance_spread
    from paired
    left join cluster_sizes
        on
            paired.attribute = cluster_sizes.attribute
            and paired.dataset = cluster_sizes.dataset
            and paired.split is not distinct from cluster_sizes.split
            and cluster_sizes.group_attribute = 'overall'
    where paired.k > 1 and paired.n_paired > 0
)

select
    spreads.encoder_id,
    encoders.name as encoder,
    spreads.* exclude (encoder_id),
    tests.n_paired,
    tests.n_effective,
    tests.chance_spread,
    tests.cochran_q,
    chi_square_tail(tests.cochran_q, tests.k - 1) as p_value,
    ensembles.n_correct / ensembles.n_samples as ensemble_accuracy
from spreads
inner join encoders using (encoder_id)
left join tests
    on
        spreads.encoder_id = tests.encoder_id
        and spreads.prompt_set = tests.prompt_set
        and spreads.attribute = tests.attribute
        and spreads.dataset = tests.dataset
        and spreads.split is not distinct from tests.split
left join ensemble_counts as ensembles
    on
        spreads.encoder_id = ensembles.encoder_id
        and spreads.prompt_set = ensembles.prompt_set
        and spreads.attribute = ensembles.attribute
        and spreads.dataset = ensembles.dataset
        and spreads.split is not distinct from ensembles.split
