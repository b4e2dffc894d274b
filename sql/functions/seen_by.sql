-- seen_by(classifier_name, dataset_name, split_name): whether a classifier was trained or tuned on a split
-- grain: scalar
-- units: 'trained' where weights were fitted on it, else 'tuned' where it chose the penalty or the number of epochs, else
-- NULL: neither, or nothing is known
-- reads: classifier_data, classifiers
-- note: whole splits are meant, although a training may have left samples out or held some back
select (
    -- min: 'trained' comes before 'tuned'
    select min(classifier_data.purpose)
    from classifier_data
    inner join classifiers using (classifier_id)
    where
        classifiers.name = classifier_name
        and classifier_data.dataset = dataset_name
        and (
            classifier_data.is_whole
            or classifier_data.split is not distinct from split_name
        )
)
