-- coverage: Coverage
-- text: How many samples each classifier could be judged on, in counts. Only samples with both a
-- label and a prediction are in any accuracy; a large gap between labelled and judged means that
-- the figures describe a part of the data. A tie, two classes with the same highest score, is no
-- prediction.
-- head: classifier
-- fold: yes
select
    dataset,
    split,
    attribute,
    classifier,
    n_samples,
    n_labelled,
    n_predicted,
    n_judged,
    n_ties
from prediction_coverage
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    classifier
