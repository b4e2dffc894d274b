-- wrong_predictions: sample_judgements that are wrong
-- grain: classifier, sample
-- units: as those of sample_judgements
-- reads: sample_judgements
-- note: worst_predictions has them in their order, with paths
select * exclude (is_correct) from sample_judgements
where not is_correct
