-- model_means: Models by data set
-- text: A row a model, with the rule that has the highest mean over the data sets, in which each data set and split
-- counts the same. A model that was judged on fewer of them stands below the others: its mean is no comparison.
-- empty: Models are judged on one data set and split only, so there is no mean over data sets.
-- command: facestore ingest FOLDER --dataset NAME
-- head: model
-- fold: yes
select
    attribute,
    model,
    place,
    n_parts,
    n_all_parts,
    mean_accuracy,
    dataset,
    split,
    seen,
    n_samples,
    coverage,
    accuracy,
    ci_low,
    ci_high,
    classifier
from model_means
order by
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    place asc nulls last,
    model asc,
    dataset asc,
    split asc
