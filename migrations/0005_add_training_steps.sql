-- 0005: what happened while a head was trained, step by step
-- data: none moves; undo: drop the table

create table training_steps (
    classifier_id integer not null,
    unit varchar not null check (unit in ('sweep', 'epoch', 'batch')),
    step integer not null,
    split varchar not null,
    metric varchar not null,
    value double not null,
    primary key (classifier_id, unit, step, split, metric)
);
comment on table training_steps is 'curves of training: a figure of a classifier after a step';
comment on column training_steps.unit is 'what a step is: a strength of the penalty that was tried (sweep), an epoch, or a batch';
comment on column training_steps.step is 'from 1, in the order in which it was done';
comment on column training_steps.split is 'fit: the samples that were fitted; validation: those held back to choose by';
comment on column training_steps.metric is 'l2, loss (mean cross-entropy), accuracy, balanced_accuracy ...';
comment on column training_steps.value is 'fractions in [0, 1]; losses in nats; l2 as scikit-learn has it, 1 / C';
