-- accuracy_of(is_right): how many samples there are, how many are right, their share and its 95 % interval
-- grain: scalar
-- units: n_samples counts samples of which is_right is known, n_correct those which are right; accuracy and its
-- Wilson interval, ci_low and ci_high, are fractions in [0, 1], NULL without a sample
-- reads: wilson_low, wilson_high
-- note: an aggregate: `select split, unnest(accuracy_of(is_correct)) from judged_predictions group by split`
-- gives five columns
select {
    'n_samples': count(is_right),
    'n_correct': count(*) filter (where is_right),
    'accuracy': count(*) filter (where is_right) / nullif(count(is_right), 0),
    'ci_low': wilson_low(count(*) filter (where is_right), count(is_right)),
    'ci_high': wilson_high(count(*) filter (where is_right), count(is_right))
}
