-- faces: Faces behind the numbers
-- text: Of each label and what it was taken for by the main classifiers, up to 24 samples, drawn by a hash of their paths
-- and not chosen; n cell counts all of them.
-- empty: No prediction meets a label of its attribute.
-- layout: cards
-- head: path
-- fold: yes
with judged as (
    select
        main.dataset,
        main.split,
        main.attribute,
        main.classifier,
        judged_predictions.label,
        judged_predictions.predicted,
        samples.path,
        samples.image_id,
        count(*) over cell as n_cell,
        row_number() over (cell order by md5(samples.path), samples.path) as place
    from main_classifiers as main
    inner join judged_predictions
        on
            main.classifier = judged_predictions.classifier
            and main.dataset = judged_predictions.dataset
            and main.split is not distinct from judged_predictions.split
    inner join samples using (sample_id)
    window cell as (
        partition by
            main.classifier, main.dataset, main.split, judged_predictions.label,
            judged_predictions.predicted
    )
)

select
    dataset,
    split,
    attribute,
    classifier,
    label,
    predicted,
    n_cell,
    path,
    image_id
from judged
where place <= 24
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    label = predicted asc,
    label asc,
    predicted asc,
    place asc
