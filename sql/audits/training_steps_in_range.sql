-- training_steps_in_range: steps count from 1, accuracies are in [0, 1], losses and l2 are not negative
-- audits: training_steps
-- reads: training_steps
-- todo: the training did not converge: delete the classifier's rows and train it again under another --name
select *
from training_steps
where
    step < 1
    or not isfinite(value)
    or (metric in ('loss', 'l2') and value < 0)
    or (metric in ('accuracy', 'balanced_accuracy') and (value < 0 or value > 1))
