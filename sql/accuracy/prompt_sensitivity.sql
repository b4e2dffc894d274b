-- prompt_sensitivity: how much of an accuracy is the wording of the prompts, and how much is chance
-- grain: encoder, prompt_set, attribute, dataset, split
-- units: fractions in [0, 1]; accuracy_spread is accuracy_max - accuracy_min over the wordings,
-- accuracy_sd their standard deviation; chance_spread is the mean spread that wordings would have which are all equally
-- good; cochran_q and p_value test whether they are; n_paired counts the samples that all wordings judged, on which
-- the three rest; ensemble_accuracy is that of the mean over all prompts of a class
-- reads: wording_judgements, zero_shot_mean, sample_labels, judged_as, encoders, chi_square_tail, normal_range
-- source: Cochran 1950, 10.1093/biomet/37.3-4.256; chance_spread: normal_range of the same variance, that of the wordings'
-- counts when the right ones of each sample are dealt to them by chance
-- note: the wordings are judged on the same samples, so that a spread far below the width of their intervals can be no
-- chance, which p_value says. It is 1 where the wordings never disagree and NULL for a single one; the best wording was
-- chosen on the samples it is judged on, so it flatters
with judged as materialized (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        wording,
        sample_id,
        is_correct
    from wording_judgements
),

ensembles as (
    select
        zero_shot_mean.encoder_id,
        zero_shot_mean.prompt_set,
        zero_shot_mean.attribute,
        sample_labels.dataset,
        sample_labels.split,
        avg((
            judged_as(
                sample_labels.taxonomy, sample_labels.attribute, zero_shot_mean.predicted
            ) = sample_labels.label
        )::integer) as accuracy
    from zero_shot_mean
    inner join sample_labels using (sample_id, attribute)
    group by all
),

wordings as (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        wording,
        count(*) as n_samples,
        avg(is_correct::integer) as accuracy
    from judged
    group by all
),

spreads as (
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
    from wordings
    group by all
),

-- the samples that all wordings judged, and how many of these are right
paired as (
    select
        judged.encoder_id,
        judged.prompt_set,
        judged.attribute,
        judged.dataset,
        judged.split,
        judged.sample_id,
        spreads.n_wordings as k,
        count(*) filter (where judged.is_correct) as n_right
    from judged
    inner join spreads
        on
            judged.encoder_id = spreads.encoder_id
            and judged.prompt_set = spreads.prompt_set
            and judged.attribute = spreads.attribute
            and judged.dataset = spreads.dataset
            and judged.split is not distinct from spreads.split
    group by all
    having count(*) = spreads.n_wordings
),

by_sample as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        k,
        count(*) as n_paired,
        sum(n_right) as n_right,
        -- of samples on which they disagree
        sum(n_right * (k - n_right)) as disagreement
    from paired
    group by all
),

by_wording as (
    select
        judged.encoder_id,
        judged.prompt_set,
        judged.attribute,
        judged.dataset,
        judged.split,
        judged.wording,
        count(*) filter (where judged.is_correct) as n_right
    from judged
    semi join paired
        on
            judged.encoder_id = paired.encoder_id
            and judged.prompt_set = paired.prompt_set
            and judged.attribute = paired.attribute
            and judged.sample_id = paired.sample_id
    group by all
),

squares as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        sum(n_right ** 2) as sum_of_squares
    from by_wording
    group by all
),

tests as (
    select
        by_sample.*,
        coalesce(
            (by_sample.k - 1) * (by_sample.k * squares.sum_of_squares - by_sample.n_right ** 2)
            / nullif(by_sample.disagreement, 0),
            0
        ) as cochran_q,
        normal_range(by_sample.k)
        * sqrt(by_sample.disagreement / (by_sample.k * (by_sample.k - 1)))
        / by_sample.n_paired as chance_spread
    from by_sample
    inner join squares
        on
            by_sample.encoder_id = squares.encoder_id
            and by_sample.prompt_set = squares.prompt_set
            and by_sample.attribute = squares.attribute
            and by_sample.dataset = squares.dataset
            and by_sample.split is not distinct from squares.split
    where by_sample.k > 1
)

select
    spreads.encoder_id,
    encoders.name as encoder,
    spreads.* exclude (encoder_id),
    tests.n_paired,
    tests.chance_spread,
    tests.cochran_q,
    chi_square_tail(tests.cochran_q, tests.k - 1) as p_value,
    ensembles.accuracy as ensemble_accuracy
from spreads
inner join encoders using (encoder_id)
left join tests
    on
        spreads.encoder_id = tests.encoder_id
        and spreads.prompt_set = tests.prompt_set
        and spreads.attribute = tests.attribute
        and spreads.dataset = tests.dataset
        and spreads.split is not distinct from tests.split
left join ensembles
    on
        spreads.encoder_id = ensembles.encoder_id
        and spreads.prompt_set = ensembles.prompt_set
        and spreads.attribute = ensembles.attribute
        and spreads.dataset = ensembles.dataset
        and spreads.split is not distinct from ensembles.split
