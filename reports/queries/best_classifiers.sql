-- best_classifiers: Best classifier of each attribute
-- text: The classifier with the highest accuracy for each data set, split and attribute, among
-- those judged on at least half as many samples as the most thoroughly judged one. Accuracy is a
-- fraction of n samples, with a 95 % Wilson interval; it was chosen on the samples it is judged on,
-- so it flatters.
-- head: classifier
with enough as (
    select *
    from classifier_summary
    qualify
        2 * n_samples >= max(n_samples) over (partition by dataset, split, attribute)
)

select
    dataset,
    split,
    attribute,
    classifier,
    taxonomy,
    n_samples,
    accuracy,
    ci_low,
    ci_high,
    count(*) over (partition by dataset, split, attribute) as n_compared
from enough
qualify
    row_number() over (
        partition by dataset, split, attribute
        order by accuracy desc, n_samples desc, classifier asc
    ) = 1
order by dataset, split, list_position(['gender', 'race', 'age'], attribute), attribute
