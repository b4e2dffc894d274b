-- faces: The faces behind every number
-- text: Of each label and what it was taken for, and of each group those who are called wrong, by the main classifiers: up to
-- 24 samples, drawn by a hash of their paths and not chosen, those with a picture first; facestore report --all-faces
-- shows all of them.
-- empty: No prediction meets a label of its attribute.
-- layout: cards
-- head: path
-- fold: yes
with main as materialized (
    select
        main_classifiers.dataset,
        main_classifiers.split,
        main_classifiers.attribute,
        main_classifiers.classifier,
        classifiers.classifier_id
    from main_classifiers
    inner join classifiers on main_classifiers.classifier = classifiers.name
),

lots as (
    select
        sample_id,
        -- in this order
        { 'no_picture': image_id is null, 'hash': md5(path) } as lot
    from samples
),

judged as (
    select
        main.classifier_id,
        main.classifier,
        main.attribute,
        main.dataset,
        main.split,
        sample_judgements.sample_id,
        sample_judgements.label,
        sample_judgements.predicted,
        sample_judgements.score,
        sample_judgements.margin
    from sample_judgements
    inner join main
        on
            sample_judgements.classifier_id = main.classifier_id
            and sample_judgements.dataset = main.dataset
            and sample_judgements.split is not distinct from main.split
),

halves as (
    select
        classifier_id,
        dataset,
        split,
        quantile_disc(coalesce(margin, score), [0.5, 0.9]) as limits
    from judged
    group by all
),

-- those of a section are among those of its cells: only these are put in order
of_cells as (
    select
        judged.classifier_id,
        judged.classifier,
        judged.attribute,
        judged.dataset,
        judged.split,
        sample_cells.cell,
        judged.label,
        judged.predicted,
        unnest(
            arg_min(
                { 'sample_id': judged.sample_id, 'lot': lots.lot, 'score': judged.score, 'margin': judged.margin },
                lots.lot,
                coalesce(getvariable('faces_of_a_section'), 24)
            )
        ) as face
    from judged
    inner join lots using (sample_id)
    inner join sample_cells on judged.sample_id = sample_cells.sample_id
    group by all
),

sections as (
    select
        of_cells.*,
        null as group_attribute,
        null as group_name
    from of_cells
    union all by name
    select
        of_cells.*,
        cell_groups.group_attribute,
        cell_groups.group_name
    from of_cells
    inner join cell_groups using (cell)
    where
        of_cells.label <> of_cells.predicted
        and cell_groups.group_attribute <> 'overall'
        and (
            not contains(cell_groups.group_attribute, ' x ')
            or cell_groups.group_attribute = 'gender x race'
        )
),

drawn as (
    select
        * exclude (cell, face),
        face.sample_id,
        face.score,
        face.margin,
        row_number() over (
            partition by
                classifier_id, dataset, split, group_attribute, group_name,
                if(group_name is null, { 'label': label, 'predicted': predicted }, null)
            order by face.lot asc, face.sample_id asc
        ) as place
    from sections
    qualify place <= coalesce(getvariable('faces_of_a_section'), 24)
),

labelled as (
    select
        sample_id,
        map_from_entries(
            list(
                { 'key': attribute, 'value': label }
                order by list_position(['gender', 'race', 'age'], attribute) asc, attribute asc
            )
        ) as labels
    from labels
    semi join drawn using (sample_id)
    where label is not null
    group by sample_id
)

select
    drawn.dataset,
    drawn.split,
    drawn.attribute,
    drawn.classifier,
    drawn.group_attribute,
    drawn.group_name,
    if(
        drawn.group_name is null,
        format('Labelled {}, called {}', drawn.label, drawn.predicted),
        upper(left(group_words(drawn.group_attribute, drawn.group_name), 1))
        || substr(group_words(drawn.group_attribute, drawn.group_name), 2) || ' called wrong'
    ) as section,
    if(
        drawn.group_name is null, confusion_matrix.n_samples, groups.n_samples - groups.n_correct
    ) as n_section,
    drawn.label,
    drawn.predicted,
    drawn.score,
    drawn.margin,
    case
        when coalesce(drawn.margin, drawn.score) >= halves.limits[2] then 'surest tenth'
        when coalesce(drawn.margin, drawn.score) >= halves.limits[1] then 'surer half'
        when coalesce(drawn.margin, drawn.score) is not null then 'less sure half'
    end as confidence,
    labelled.labels,
    samples.path,
    samples.image_id
from drawn
inner join samples using (sample_id)
inner join labelled using (sample_id)
inner join halves
    on
        drawn.classifier_id = halves.classifier_id
        and drawn.dataset = halves.dataset
        and drawn.split is not distinct from halves.split
left join confusion_matrix
    on
        drawn.classifier = confusion_matrix.classifier
        and drawn.dataset = confusion_matrix.dataset
        and drawn.split is not distinct from confusion_matrix.split
        and drawn.label = confusion_matrix.label
        and drawn.predicted = confusion_matrix.predicted
        and drawn.group_name is null
left join accuracy_by_group as groups
    on
        drawn.classifier = groups.classifier
        and drawn.dataset = groups.dataset
        and drawn.split is not distinct from groups.split
        and drawn.group_attribute = groups.group_attribute
        and drawn.group_name = groups.group_name
left join classes
    on
        drawn.group_attribute = classes.attribute
        and drawn.group_name = classes.class
order by
    drawn.dataset asc,
    drawn.split asc,
    list_position(['gender', 'race', 'age'], drawn.attribute) asc,
    drawn.attribute asc,
    drawn.group_name is not null asc,
    drawn.group_name is null and drawn.label = drawn.predicted asc,
    list_position(['gender', 'race', 'age'], drawn.group_attribute) asc,
    drawn.group_attribute asc,
    classes.ordinal asc,
    drawn.group_name asc,
    n_section desc,
    if(drawn.group_name is null, drawn.label, null) asc,
    if(drawn.group_name is null, drawn.predicted, null) asc,
    drawn.place asc
