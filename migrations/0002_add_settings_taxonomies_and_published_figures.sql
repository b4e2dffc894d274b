-- 0002: settings of the store, taxonomies of classes, and figures that others published
-- data: none moves; undo: drop the three tables

create table settings (
    setting varchar primary key,
    value varchar not null,
    meaning varchar not null
);
comment on table settings is 'what a user may set once for the whole store; see `facestore settings`';
comment on column settings.value is 'as text; numbers are cast where they are used';

insert into settings values
('min_samples', '1', 'groups with fewer samples show their count and no rates');

create table class_maps (
    taxonomy varchar not null,
    attribute varchar not null,
    class varchar not null,
    to_class varchar not null,
    is_lossy boolean not null,
    primary key (taxonomy, attribute, class)
);
comment on table class_maps is 'taxonomies: which class of a taxonomy a class of another one is; a class without a row has none there';
comment on column class_maps.taxonomy is 'name with the number of its classes';
comment on column class_maps.class is 'a class in the words of any taxonomy';
comment on column class_maps.to_class is 'the class of this taxonomy';
comment on column class_maps.is_lossy is 'whether it is merged with others, or meets the class only roughly';

insert into class_maps values
('gender-2', 'gender', 'Male', 'Male', false),
('gender-2', 'gender', 'Female', 'Female', false),
('FairFace-7', 'race', 'White', 'White', false),
('FairFace-7', 'race', 'Black', 'Black', false),
('FairFace-7', 'race', 'Indian', 'Indian', false),
('FairFace-7', 'race', 'Latino_Hispanic', 'Latino_Hispanic', false),
('FairFace-7', 'race', 'Southeast Asian', 'Southeast Asian', false),
('FairFace-7', 'race', 'East Asian', 'East Asian', false),
('FairFace-7', 'race', 'Middle Eastern', 'Middle Eastern', false),
('UTKFace-5', 'race', 'White', 'White', false),
('UTKFace-5', 'race', 'Black', 'Black', false),
('UTKFace-5', 'race', 'Indian', 'Indian', false),
('UTKFace-5', 'race', 'Latino_Hispanic', 'Others', true),
('UTKFace-5', 'race', 'Southeast Asian', 'Asian', true),
('UTKFace-5', 'race', 'East Asian', 'Asian', true),
('UTKFace-5', 'race', 'Middle Eastern', 'Others', true),
('UTKFace-5', 'race', 'Asian', 'Asian', false),
('UTKFace-5', 'race', 'Others', 'Others', false),
('4-group', 'race', 'White', 'White', false),
('4-group', 'race', 'Black', 'Black', false),
('4-group', 'race', 'Indian', 'Indian', false),
('4-group', 'race', 'Southeast Asian', 'Asian', true),
('4-group', 'race', 'East Asian', 'Asian', true),
('4-group', 'race', 'Asian', 'Asian', false),
('CLIP-2', 'race', 'White', 'White', false),
('CLIP-2', 'race', 'Black', 'Non-White', true),
('CLIP-2', 'race', 'Indian', 'Non-White', true),
('CLIP-2', 'race', 'Latino_Hispanic', 'Non-White', true),
('CLIP-2', 'race', 'Southeast Asian', 'Non-White', true),
('CLIP-2', 'race', 'East Asian', 'Non-White', true),
('CLIP-2', 'race', 'Middle Eastern', 'Non-White', true),
('CLIP-2', 'race', 'Asian', 'Non-White', true),
('CLIP-2', 'race', 'Others', 'Non-White', true),
('CLIP-2', 'race', 'Non-White', 'Non-White', false),
('FairFace-9', 'age', '0-2', '0-2', false),
('FairFace-9', 'age', '3-9', '3-9', false),
('FairFace-9', 'age', '10-19', '10-19', false),
('FairFace-9', 'age', '20-29', '20-29', false),
('FairFace-9', 'age', '30-39', '30-39', false),
('FairFace-9', 'age', '40-49', '40-49', false),
('FairFace-9', 'age', '50-59', '50-59', false),
('FairFace-9', 'age', '60-69', '60-69', false),
('FairFace-9', 'age', 'more than 70', 'more than 70', false),
('decades-8', 'age', '0-9', '0-9', false),
('decades-8', 'age', '0-2', '0-9', true),
('decades-8', 'age', '3-9', '0-9', true),
('decades-8', 'age', '10-19', '10-19', false),
('decades-8', 'age', '20-29', '20-29', false),
('decades-8', 'age', '30-39', '30-39', false),
('decades-8', 'age', '40-49', '40-49', false),
('decades-8', 'age', '50-59', '50-59', false),
('decades-8', 'age', '60-69', '60-69', false),
('decades-8', 'age', 'more than 70', 'more than 70', false);

create table published_figures (
    source varchar not null,
    classifier varchar,
    architecture varchar,
    pretrained varchar,
    prompt_set varchar,
    aggregation varchar,
    k integer,
    dataset varchar not null,
    split varchar,
    attribute varchar not null,
    taxonomy varchar,
    group_attribute varchar not null,
    group_name varchar,
    metric varchar not null,
    value double not null
);
comment on table published_figures is 'figures that others published; published_comparison shows them next to those of the store';
comment on column published_figures.source is 'paper, table or file; an import replaces all rows of its source';
comment on column published_figures.classifier is 'name of a classifier of the store; or else the following columns say whose figure it is';
comment on column published_figures.split is 'NULL: whichever split was judged';
comment on column published_figures.taxonomy is 'NULL: that of the labels';
comment on column published_figures.group_attribute is 'overall, or as in sample_groups';
comment on column published_figures.group_name is 'NULL for a metric over all groups, such as mean_minus_min';
comment on column published_figures.metric is 'as measured_figures names them';
comment on column published_figures.value is 'a fraction';
