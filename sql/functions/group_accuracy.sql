-- group_accuracy(is_right): as accuracy_of, of a group: without rates where the store calls it too small
-- grain: scalar
-- units: as in accuracy_of
-- reads: accuracy_of, if_enough
-- note: an aggregate. It looks into the settings of the store, and DuckDB unnests no such thing in the select
-- that groups: give it a name there, and unnest that around it
select {
    'n_samples': accuracy_of(is_right).n_samples,
    'n_correct': accuracy_of(is_right).n_correct,
    'accuracy': if_enough(accuracy_of(is_right).accuracy, count(is_right)),
    'ci_low': if_enough(accuracy_of(is_right).ci_low, count(is_right)),
    'ci_high': if_enough(accuracy_of(is_right).ci_high, count(is_right))
}
