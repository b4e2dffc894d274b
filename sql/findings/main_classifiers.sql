-- main_classifiers: the classifier of each attribute that a report is about
-- grain: attribute, dataset, split
-- units: as in best_classifier; seen is NULL where the classifier was not trained or tuned on the split
-- reads: main_classifiers_named
-- note: the best one, see best_classifier; `facestore report --main NAME` puts another one in its place for one report
select *
from main_classifiers_named([]::varchar[])
