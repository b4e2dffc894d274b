-- group_accuracy(is_right): as accuracy_of, of a group: without rates where the store calls it too small
-- grain: scalar
-- units: as in accuracy_of
-- reads: group_accuracy_of_counts
-- note: an aggregate. It looks into the settings of the store, and DuckDB unnests no such thing in the select
-- that groups: give it a name there, and unnest that around it
select group_accuracy_of_counts(count(*) filter (where is_right), count(is_right))
