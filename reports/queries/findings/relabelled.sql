-- relabelled: How much of an accuracy of a main classifier could hang on labels that look wrong
select
    format(
        'Suspect labels could move {} from {:.1f} to anything between {:.1f} and {}',
        bounds.attribute,
        100 * bounds.accuracy,
        100 * bounds.accuracy_low,
        as_percent(bounds.accuracy_high)
    ) as sentence
from accuracy_if_relabelled as bounds
inner join main_classifiers
    on
        bounds.classifier = main_classifiers.classifier
        and bounds.dataset = main_classifiers.dataset
        and bounds.split is not distinct from main_classifiers.split
where bounds.n_suspects > 0
order by bounds.accuracy_high - bounds.accuracy_low desc, bounds.attribute asc, bounds.dataset asc
