-- main_classifiers_hold: the main classifiers are the best ones, with their figures as classifier_summary has them
-- audits: main_classifiers
-- reads: main_classifiers, best_classifier, classifier_summary
-- todo: the view is wrong
select
    main.*,
    best.classifier as best,
    summary.accuracy as accuracy_of_summary
from main_classifiers as main
full outer join best_classifier as best
    on
        main.attribute = best.attribute
        and main.dataset = best.dataset
        and main.split is not distinct from best.split
left join classifier_summary as summary
    on
        main.classifier = summary.classifier
        and main.dataset = summary.dataset
        and main.split is not distinct from summary.split
where
    main.classifier is distinct from best.classifier
    or main.is_named is distinct from false
    or main.seen is not null
    or abs(main.accuracy - summary.accuracy) > 1e-12
    or main.accuracy is null
    or main.n_samples is distinct from summary.n_samples
    or main.n_correct is distinct from round(summary.accuracy * summary.n_samples)
    or abs(main.coverage - summary.coverage) > 1e-12
    or main.n_compared is distinct from best.n_compared
