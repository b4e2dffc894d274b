-- training_sweep: Figures by strength of the penalty
-- text: The strengths of the penalty (l2) that were tried for a linear probe, in order, with what each
-- reached. The one with the best figure on the samples held back (validation) was taken.
-- empty: No linear probe was trained.
-- command: facestore train probe --attribute gender
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
where training_steps.unit = 'sweep'
order by
    list_position(['gender', 'race', 'age'], classifiers.attribute),
    classifiers.attribute,
    classifiers.name,
    training_steps.metric,
    training_steps.split,
    training_steps.step
