-- confusion_every_k: the confusion matrix of zero_shot_topk for every k, in two halves of the samples
-- grain: encoder, prompt_set, attribute, dataset, split, is_first_half, k, label, predicted
-- units: n_samples counts samples; k counts prompts
-- reads: winners_every_k, class_prompts, sample_labels, class_maps, kept_sample_clusters, is_first_half
-- note: classes are those of the taxonomy of the labels; halves go by the MD5 of data set and path, so
-- they are the same in every store, and a person or picture (see sample_clusters) is in one of them; a sample without a
-- label of the attribute is not here
with labelled as (
    select
        sample_labels.sample_id,
        sample_labels.attribute,
        sample_labels.taxonomy,
        sample_labels.label,
        sample_labels.dataset,
        sample_labels.split,
        is_first_half(
            sample_labels.dataset, coalesce(kept_sample_clusters.first_path, sample_labels.path)
        ) as is_first_half
    from sample_labels
    left join kept_sample_clusters using (sample_id)
),

-- Most samples win the same way for eight ks, so the rows are few before they become one for each k.
patterns as materialized (
    select
        winners_every_k.encoder_id,
        winners_every_k.prompt_set,
        winners_every_k.attribute,
        labelled.taxonomy,
        labelled.dataset,
        labelled.split,
        labelled.is_first_half,
        labelled.label,
        winners_every_k.k_before,
        winners_every_k.winner_1,
        winners_every_k.winner_2,
        winners_every_k.winner_3,
        winners_every_k.winner_4,
        winners_every_k.winner_5,
        winners_every_k.winner_6,
        winners_every_k.winner_7,
        winners_every_k.winner_8,
        count(*) as n_samples
    from winners_every_k
    inner join labelled using (sample_id, attribute)
    group by all
),

each_k as (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        is_first_half,
        label,
        n_samples,
        k_before + unnest(range(1, 9)) as k,
        unnest([
            winner_1,
            winner_2,
            winner_3,
            winner_4,
            winner_5,
            winner_6,
            winner_7,
            winner_8
        ]) as place
    from patterns
),

counted as (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        is_first_half,
        k,
        label,
        place,
        sum(n_samples)::bigint as n_samples
    from each_k
    group by all
)

-- Two places are one row where the taxonomy of the labels does not tell them apart. A join and not
-- judged_as, whose subquery would have all rows before it held in memory.
select
    counted.encoder_id,
    counted.prompt_set,
    counted.attribute,
    counted.taxonomy,
    counted.dataset,
    counted.split,
    counted.is_first_half,
    counted.k,
    counted.label,
    coalesce(class_maps.to_class, class_prompts.class) as predicted,
    sum(counted.n_samples)::bigint as n_samples
from counted
inner join class_prompts using (prompt_set, attribute, place)
left join class_maps using (taxonomy, attribute, class)
where counted.k <= class_prompts.k_max
group by all
