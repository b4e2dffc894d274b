-- score_counts_hold: what is counted of scores is what ranks of scores give, sample by sample
-- audits: wording_counts, ensemble_counts, calibration_counts, scored_prompts
-- reads: wording_counts, ensemble_counts, calibration_counts, scored_prompts, prompt_wordings, similarities, class_scores,
-- zero_shot_confidences, sample_labels, judged_as
-- todo: the view is wrong
with wording_means as (
    select
        similarities.encoder_id,
        prompt_wordings.prompt_set,
        prompt_wordings.attribute,
        prompt_wordings.wording,
        prompt_wordings.class,
        prompt_wordings.ordinal,
        similarities.sample_id,
        avg(similarities.cosine) as score,
        count(*) as n_prompts
    from similarities
    inner join prompt_wordings using (prompt_id)
    group by all
),

ranked as (
    select
        'wording' as what,
        encoder_id,
        prompt_set,
        attribute,
        wording as which,
        sample_id,
        class,
        n_prompts,
        row_number() over (
            partition by encoder_id, prompt_set, attribute, wording, sample_id
            order by score desc, ordinal asc
        ) as place,
        sum(n_prompts) over (
            partition by encoder_id, prompt_set, attribute, wording, sample_id
        ) as n_found,
        (
            select count(*) from prompt_wordings
            where
                prompt_wordings.prompt_set = wording_means.prompt_set
                and prompt_wordings.attribute = wording_means.attribute
                and prompt_wordings.wording = wording_means.wording
        ) as n_wanted
    from wording_means
    union all
    select
        'ensemble' as what,
        encoder_id,
        prompt_set,
        attribute,
        aggregation as which,
        sample_id,
        class,
        1 as n_prompts,
        row_number() over (
            partition by encoder_id, prompt_set, attribute, sample_id
            order by score desc, ordinal asc
        ) as place,
        count(*) over (partition by encoder_id, prompt_set, attribute, sample_id) as n_found,
        n_classes as n_wanted
    from class_scores
    where aggregation = 'mean'
),

decided as (
    select
        what,
        encoder_id,
        prompt_set,
        attribute,
        which,
        sample_id,
        class as predicted,
        0::double as confidence
    from ranked
    where place = 1 and n_found = n_wanted
    union all
    select
        'confidence' as what,
        encoder_id,
        prompt_set,
        attribute,
        aggregation as which,
        sample_id,
        predicted,
        confidence
    from zero_shot_confidences
),

expected as (
    select
        decided.what,
        decided.encoder_id,
        decided.prompt_set,
        decided.attribute,
        decided.which,
        sample_labels.dataset,
        sample_labels.split,
        count(*) as n_samples,
        count(*) filter (
            where
            judged_as(sample_labels.taxonomy, decided.attribute, decided.predicted)
            = sample_labels.label
        ) as n_correct,
        round(sum(decided.confidence), 6) as sum_confidence
    from decided
    inner join sample_labels using (sample_id, attribute)
    group by all
),

found as (
    select
        'wording' as what,
        encoder_id,
        prompt_set,
        attribute,
        wording as which,
        dataset,
        split,
        n_samples,
        n_correct,
        0 as sum_confidence
    from wording_counts
    union all
    select
        'ensemble' as what,
        encoder_id,
        prompt_set,
        attribute,
        'mean' as which,
        dataset,
        split,
        n_samples,
        n_correct,
        0 as sum_confidence
    from ensemble_counts
    union all
    select
        'confidence' as what,
        encoder_id,
        prompt_set,
        attribute,
        aggregation as which,
        dataset,
        split,
        sum(n_samples) as n_samples,
        sum(n_correct) as n_correct,
        round(sum(sum_confidence), 6) as sum_confidence
    from calibration_counts
    group by all
)

(
    from expected
    except all
    from found
)
union all
(
    from found
    except all
    from expected
)
union all
(
    select
        'prompt' as what,
        similarities.encoder_id,
        '' as prompt_set,
        '' as attribute,
        similarities.prompt_id::varchar as which,
        '' as dataset,
        '' as split,
        count(*) as n_samples,
        0 as n_correct,
        0 as sum_confidence
    from similarities
    group by all
    except all
    select
        'prompt' as what,
        encoder_id,
        '' as prompt_set,
        '' as attribute,
        prompt_id::varchar as which,
        '' as dataset,
        '' as split,
        sum(n_samples) as n_samples,
        0 as n_correct,
        0 as sum_confidence
    from scored_prompts
    group by all
)
