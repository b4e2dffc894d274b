-- leaderboard: Leaderboard
-- text: A row a model: its best rule as a dot with a 95 % interval, its other rules as faint dots, in a square what was
-- trained on these faces or judged on fewer of them. Ranks count a face without a prediction as wrong; rank best to rank
-- worst are those that chance allows. The taxonomy 'as labelled' is that of labels that are in no taxonomy that is known
-- here, so that they are compared as they are written. Of attributes that make groups; the view leaderboard has all of them.
-- head: classifier
-- fold: yes
with drawn as (
    select
        classifier,
        dataset,
        split,
        ci_low,
        ci_high
    from bootstrap_intervals
    where measure = 'macro_f1' and group_attribute = 'overall'
)

select
    leaderboard.dataset,
    leaderboard.split,
    leaderboard.attribute,
    leaderboard.rank,
    rank_intervals.rank_best,
    rank_intervals.rank_worst,
    leaderboard.classifier,
    figures.model,
    names.prompt_set,
    names.rule,
    figures.place,
    figures.place_of_model,
    leaderboard.seen,
    leaderboard.taxonomy,
    leaderboard.n_samples,
    leaderboard.n_missing,
    leaderboard.accuracy,
    leaderboard.ci_low,
    leaderboard.ci_high,
    leaderboard.coverage,
    leaderboard.accuracy_at_least,
    leaderboard.balanced_accuracy,
    leaderboard.ci_low_balanced,
    leaderboard.ci_high_balanced,
    leaderboard.chance_adjusted_accuracy,
    leaderboard.worst_group,
    leaderboard.n_samples_worst,
    leaderboard.worst_group_accuracy,
    leaderboard.macro_precision,
    leaderboard.macro_recall,
    leaderboard.macro_f1,
    drawn.ci_low as ci_low_macro_f1,
    drawn.ci_high as ci_high_macro_f1,
    leaderboard.weighted_f1,
    leaderboard.n_classes,
    leaderboard.architecture,
    leaderboard.pretrained
from leaderboard
inner join classifier_names as names on leaderboard.classifier = names.classifier
inner join model_figures as figures
    on
        leaderboard.classifier = figures.classifier
        and leaderboard.dataset = figures.dataset
        and leaderboard.split is not distinct from figures.split
left join drawn
    on
        leaderboard.classifier = drawn.classifier
        and leaderboard.dataset = drawn.dataset
        and leaderboard.split is not distinct from drawn.split
left join rank_intervals
    on
        leaderboard.classifier = rank_intervals.classifier
        and leaderboard.dataset = rank_intervals.dataset
        and leaderboard.split is not distinct from rank_intervals.split
where leaderboard.attribute in (select attribute from group_attributes)
order by
    leaderboard.dataset asc,
    leaderboard.split asc,
    list_position(['gender', 'race', 'age'], leaderboard.attribute) asc,
    leaderboard.attribute asc,
    leaderboard.rank asc,
    leaderboard.classifier asc
