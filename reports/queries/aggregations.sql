-- aggregations: Ways to pool prompts, side by side
-- text: The classifiers that predict from prompts, by model and prompt set. sum and mean take all
-- prompts of a class, top-k the k most similar ones, embedding mean pools the vectors of the texts
-- before comparing, as most CLIP code does. With one prompt a class there is nothing to pool. Accuracy is a fraction of n
-- samples, with its 95 % Wilson interval.
-- empty: No classifier that predicts from prompts meets a label.
-- command: facestore predict --prompt-set age_race_gender_labels_v2 --attribute gender
-- head: classifier
-- fold: yes
with sizes as (
    select
        prompt_set,
        attribute,
        max(n_prompts) as n_prompts
    from class_prompts
    group by all
)

select
    leaderboard.dataset,
    leaderboard.split,
    leaderboard.attribute,
    leaderboard.architecture,
    leaderboard.pretrained,
    leaderboard.prompt_set,
    sizes.n_prompts,
    names.rule,
    leaderboard.n_samples,
    leaderboard.accuracy,
    leaderboard.ci_low,
    leaderboard.ci_high,
    leaderboard.balanced_accuracy,
    leaderboard.classifier
from leaderboard
inner join classifier_names as names on leaderboard.classifier = names.classifier
left join sizes
    on leaderboard.prompt_set = sizes.prompt_set and leaderboard.attribute = sizes.attribute
where leaderboard.prompt_set is not null
order by
    leaderboard.dataset,
    leaderboard.split,
    list_position(['gender', 'race', 'age'], leaderboard.attribute),
    leaderboard.attribute,
    leaderboard.architecture,
    leaderboard.pretrained,
    sizes.n_prompts,
    leaderboard.prompt_set,
    leaderboard.aggregation,
    leaderboard.k,
    leaderboard.classifier
