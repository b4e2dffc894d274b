-- prompt_or_model_holds: ranges of accuracies are of two classifiers or more and hold the main one
-- audits: prompt_or_model
-- reads: prompt_or_model, main_classifiers, classifier_summary
-- todo: the view is wrong
select
    found.*,
    main.accuracy,
    lowest.accuracy as accuracy_of_lowest,
    highest.accuracy as accuracy_of_highest
from prompt_or_model as found
left join main_classifiers as main
    on
        found.main_classifier = main.classifier
        and found.dataset = main.dataset
        and found.split is not distinct from main.split
left join classifier_summary as lowest
    on
        found.lowest = lowest.classifier
        and found.dataset = lowest.dataset
        and found.split is not distinct from lowest.split
left join classifier_summary as highest
    on
        found.highest = highest.classifier
        and found.dataset = highest.dataset
        and found.split is not distinct from highest.split
where
    main.accuracy is null
    or found.varied not in ('prompts', 'models')
    or found.n_classifiers < 2
    or not found.n_prompt_sets between 1 and found.n_classifiers
    or (found.varied = 'models' and found.n_prompt_sets <> 1)
    or (found.n_prompt_sets > 1) is distinct from contains(found.sentence, 'prompts and rules')
    or not main.accuracy between found.accuracy_min and found.accuracy_max
    or found.accuracy_min is distinct from lowest.accuracy
    or found.accuracy_max is distinct from highest.accuracy
    or abs(found.accuracy_max - found.accuracy_min - found.spread) > 1e-9
    or not coalesce(found.p_value, 0.5) between 0 and 1
    or found.verdict not in ('may be chance', 'hardly', 'partly', 'much')
    or (found.verdict <> 'may be chance' and not coalesce(found.p_value < 0.05, false))
    or contains(found.sentence, 'no more than chance')
    is distinct from (not coalesce(found.p_value < 0.05, false))
