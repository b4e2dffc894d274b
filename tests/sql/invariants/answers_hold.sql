-- answers_hold: a sentence for each main classifier, which claims a gap only where it is clear
-- audits: answers
-- reads: answers, main_classifiers, gap_findings, as_percent
-- todo: the view is wrong
select
    found.*,
    main.accuracy as expected_accuracy,
    surest.verdict as expected_verdict
from main_classifiers as main
full outer join answers as found
    on
        main.classifier = found.classifier
        and main.dataset = found.dataset
        and main.split is not distinct from found.split
left join gap_findings as surest
    on
        main.classifier = surest.classifier
        and main.dataset = surest.dataset
        and main.split is not distinct from surest.split
        and surest.is_surest
where
    main.accuracy is distinct from found.accuracy
    or main.n_samples is distinct from found.n_samples
    or found.verdict is distinct from surest.verdict
    or not contains(found.claim, as_percent(main.accuracy))
    or not starts_with(found.claim, 'Perceived ' || main.attribute || ': ')
    or (found.emphasis <> '') is distinct from coalesce(surest.verdict = 'clear', false)
    or (found.emphasis <> '' and not contains(found.emphasis, as_percent(surest.accuracy_worst)))
    or contains(found.detail, 'chance') is distinct from coalesce(surest.verdict <> 'clear', false)
