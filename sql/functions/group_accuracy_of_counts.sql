-- group_accuracy_of_counts(n_right, n_all): as group_accuracy, of samples that are counted already
-- grain: scalar
-- units: as in accuracy_of
-- reads: if_enough, wilson_low, wilson_high
select {
    'n_samples': n_all,
    'n_correct': n_right,
    'accuracy': if_enough(n_right / nullif(n_all, 0), n_all),
    'ci_low': if_enough(wilson_low(n_right, n_all), n_all),
    'ci_high': if_enough(wilson_high(n_right, n_all), n_all)
}
