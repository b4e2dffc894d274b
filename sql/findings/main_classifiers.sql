-- main_classifiers: the classifier of each attribute that a report is about
-- grain: attribute, dataset, split
-- units: as in classifier_summary, which has the intervals; n_compared counts those that it was chosen from
-- reads: main_classifiers_named
-- note: the best one (best_classifier says what is left of it on other samples); `facestore report --main NAME` puts another
-- one in its place for one report
select *
from main_classifiers_named([]::varchar[])
