-- accuracy_of(is_right): how many samples there are, how many are right, their share and its 95 % interval
-- grain: scalar
-- units: n_samples counts samples of which is_right is known, n_correct those which are right; accuracy and its
-- Wilson interval, ci_low and ci_high, are fractions in [0, 1], NULL without a sample
-- reads: accuracy_of_counts
-- note: an aggregate: `select split, unnest(accuracy_of(is_correct)) from judged_predictions group by split`
-- gives five columns
select accuracy_of_counts(count(*) filter (where is_right), count(is_right))
