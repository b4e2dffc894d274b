-- 0006: explanations: which part of a picture moved a score, as a map on a grid
-- data: none moves; undo: drop the table

create table explanations (
    explanation_id varchar primary key,
    encoder_id integer not null,
    classifier_id integer,
    sample_id integer not null,
    method varchar not null check (method in ('relevancy', 'gradcam', 'lime')),
    target varchar not null,
    parameters json not null,
    score double not null,
    grid_rows integer not null,
    grid_cols integer not null,
    relevance float[] not null,
    r_squared double,
    r_squared_left_out double,
    created_at timestamp not null
);
comment on table explanations is 'maps of what moved a score: one sample, one target, one method';
comment on column explanations.explanation_id is '32 hex digits: digest of the question and of the image';
comment on column explanations.encoder_id is 'whose image tower was looked into';
comment on column explanations.classifier_id is 'whose score it is; NULL: that of a text, or of classes of a prompt set';
comment on column explanations.method is 'relevancy (Chefer et al. 2021), gradcam or lime';
comment on column explanations.target is 'what was explained: a text, a class, a class minus another, or years';
comment on column explanations.parameters is 'what else decides the map: prompt set, number of samples and seed of LIME ...';
comment on column explanations.score is 'of the target for the whole image: cosines (texts, prompts), logits (heads), years';
comment on column explanations.grid_rows is 'cells from top to bottom of what the model was given of the image';
comment on column explanations.grid_cols is 'cells from left to right, as one sees the picture';
comment on column explanations.relevance is 'a number a cell, row by row from the top; below 0, in lime alone: speaks against; no unit';
comment on column explanations.r_squared is 'lime: how much of the variance of the score its linear fit explains, at most 1';
comment on column explanations.r_squared_left_out is 'lime: the same of changed images that were left out of the fit, one at a time';
comment on column explanations.created_at is 'UTC';
