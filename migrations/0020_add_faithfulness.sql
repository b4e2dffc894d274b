-- 0020: faithfulness: whether a map shows what its score rests on
-- data: none moves; maps that are there have none until they are measured; undo: drop the column

alter table explanations add column faithfulness struct(
    seed bigint,
    span double,
    likeness double,
    deletion struct(own double, random double, centre double, randomised double),
    insertion struct(own double, random double, centre double, randomised double)
);
comment on column explanations.faithfulness is
'areas under the score while patches are removed or shown, in several orders; NULL: not measured; see faithfulness_gains';
