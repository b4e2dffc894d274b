-- training_epochs: Loss and figures by epoch
-- text: What a fine-tuned classifier reached after each epoch, on the samples that it was fitted on and on
-- those held back to choose by (validation). Losses are in nats; accuracies are fractions. A
-- validation loss that rises while the other one falls is over-fitting.
-- empty: No classifier was trained in epochs.
-- command: facestore train heads --attribute gender
-- head: step
-- fold: yes
select
    classifiers.attribute,
    classifiers.name as classifier,
    training_steps.metric,
    training_steps.split as part,
    training_steps.step,
    training_steps.value
from training_steps
inner join classifiers using (classifier_id)
where training_steps.unit = 'epoch'
order by
    list_position(['gender', 'race', 'age'], classifiers.attribute),
    classifiers.attribute,
    classifiers.name,
    training_steps.metric,
    training_steps.split,
    training_steps.step
