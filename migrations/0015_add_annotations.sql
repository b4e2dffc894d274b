-- 0015: what several annotators say of a sample, and which attributes have classes in an order
-- data: none moves; undo: drop the two tables
--
-- annotations grow to many rows a sample and have no index on purpose, and a key could not hold the NULL of those who
-- are not known: one row is unique by the import, and by an audit.

create table annotations (
    sample_id integer not null,
    attribute varchar not null,
    annotator varchar,
    label varchar not null,
    n integer not null check (n >= 1),
    check (annotator is null or n = 1)
);
comment on table annotations is 'what several annotators say of a sample: a row an annotator, or a label where only counts are known';
comment on column annotations.annotator is 'who says it, as the table calls them; NULL: only how many say it is known';
comment on column annotations.label is 'a class of the attribute';
comment on column annotations.n is 'how many annotators say it; 1 where they are known';

create table ordered_attributes (
    attribute varchar primary key
);
comment on table ordered_attributes is 'attributes whose classes have an order, that of classes.ordinal';

insert into ordered_attributes values ('age');
