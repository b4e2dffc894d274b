-- accuracy_of_counts(n_right, n_all): as accuracy_of, of samples that are counted already
-- grain: scalar
-- units: as in accuracy_of
-- reads: wilson_low, wilson_high
select {
    'n_samples': n_all,
    'n_correct': n_right,
    'accuracy': n_right / nullif(n_all, 0),
    'ci_low': wilson_low(n_right, n_all),
    'ci_high': wilson_high(n_right, n_all)
}
