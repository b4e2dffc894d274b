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
        classifiers.classifier_id,
        numbered_splits.split_number,
        main_classifiers.dataset,
        main_classifiers.split,
        main_classifiers.attribute,
        main_classifiers.classifier
    from main_classifiers
    inner join classifiers on main_classifiers.classifier = classifiers.name
    inner join numbered_splits
        on
            main_classifiers.dataset = numbered_splits.dataset
            and main_classifiers.split is not distinct from numbered_splits.split
),

-- what the main classifiers say, by numbers and before anything is joined: there are millions of others
said as materialized (
    select
        predictions.classifier_id,
        predictions.sample_id,
        predictions.predicted,
        predictions.score,
        predictions.margin,
        sample_cells.cell
    from predictions
    semi join main using (classifier_id)
    inner join sample_cells using (sample_id)
    where predictions.predicted is not null
),

-- what is judged hangs on the cell of a sample alone, as in judgements_by_cell
cells_judged as materialized (
    select
        main.classifier_id,
        main.split_number,
        prediction_counts.cell,
        prediction_counts.label,
        prediction_counts.predicted as said,
        judged_as(label_taxonomies.taxonomy, main.attribute, prediction_counts.predicted) as predicted
    from main
    inner join prediction_counts
        on
            main.classifier_id = prediction_counts.classifier_id
            and main.dataset = prediction_counts.dataset
            and main.split is not distinct from prediction_counts.split
    inner join label_taxonomies
        on
            main.dataset = label_taxonomies.dataset
            and main.attribute = label_taxonomies.attribute
    where
        prediction_counts.label is not null
        and prediction_counts.predicted is not null
        and main.attribute in (select attribute from group_attributes)
    group by all
),

judged as (
    select
        said.classifier_id,
        cells_judged.split_number,
        said.sample_id,
        said.cell,
        cells_judged.label,
        cells_judged.predicted
    from said
    inner join cells_judged
        on
            said.classifier_id = cells_judged.classifier_id
            and said.cell = cells_judged.cell
            and said.predicted = cells_judged.said
    union all
    select
        judgements_by_label.classifier_id,
        judgements_by_label.split_number,
        judgements_by_label.sample_id,
        sample_cells.cell,
        judgements_by_label.label,
        judgements_by_label.predicted
    from judgements_by_label
    semi join main using (classifier_id, split_number)
    inner join sample_cells using (sample_id)
),

-- a number of 60 bits is in the order of the hash it begins, and is put in order much faster
lots as (
    select
        sample_id,
        ('0x' || if(image_id is null, '1', '0') || left(md5(path), 15))::ubigint as lot
    from samples
),

-- those of a section are among those of its cells: only these are put in order
of_cells as (
    select
        judged.classifier_id,
        judged.split_number,
        judged.cell,
        judged.label,
        judged.predicted,
        unnest(
            arg_min(
                { 'sample_id': judged.sample_id, 'lot': lots.lot },
                lots.lot,
                coalesce(getvariable('faces_of_a_section'), 24)
            )
        ) as sample
    from judged
    inner join lots using (sample_id)
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

firsts as (
    select
        classifier_id,
        split_number,
        group_attribute,
        group_name,
        if(group_name is null, { 'label': label, 'predicted': predicted }, null) as call,
        arg_min(
            { 'sample_id': sample.sample_id, 'label': label, 'predicted': predicted },
            sample.lot,
            coalesce(getvariable('faces_of_a_section'), 24)
        ) as faces
    from sections
    group by all
),

faces as (
    select
        classifier_id,
        split_number,
        group_attribute,
        group_name,
        unnest(faces) as face,
        generate_subscripts(faces, 1) as place
    from firsts
),

drawn as materialized (
    select
        main.*,
        faces.* exclude (classifier_id, split_number, face),
        faces.face.label,
        faces.face.predicted,
        said.sample_id,
        said.score,
        said.margin,
        samples.path,
        samples.image_id
    from faces
    inner join main using (classifier_id, split_number)
    inner join said
        on
            faces.classifier_id = said.classifier_id
            and faces.face.sample_id = said.sample_id
    inner join samples on said.sample_id = samples.sample_id
),

limits as (
    select
        classifier_id,
        quantile_disc(coalesce(margin, score), [0.5, 0.9]) as sure
    from said
    where coalesce(margin, score) is not null
    group by classifier_id
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
        when coalesce(drawn.margin, drawn.score) >= limits.sure[2] then 'surest tenth'
        when coalesce(drawn.margin, drawn.score) >= limits.sure[1] then 'surer half'
        when coalesce(drawn.margin, drawn.score) is not null then 'less sure half'
    end as confidence,
    labelled.labels,
    drawn.path,
    drawn.image_id
from drawn
inner join labelled using (sample_id)
left join limits on drawn.classifier_id = limits.classifier_id
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
