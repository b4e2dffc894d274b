-- yes_no_classifiers: classifiers of two classes whose prompts are of a set for yes/no attributes, as of CelebA's forty
-- grain: classifier
-- units: positive as in two_class_attributes; is_yes_no: whether the classes of this attribute are yes and no; task is the
-- same of all that are one task: encoder, prompt set, and way to pool, as the name of a classifier has them
-- reads: classifiers, encoders, two_class_attributes
-- note: of a set with at least two attributes of two classes, one of which is of yes and no
select
    classifiers.classifier_id,
    classifiers.name as classifier,
    classifiers.attribute,
    two.positive,
    two.is_yes_no,
    classifiers.encoder_id,
    classifiers.prompt_set,
    classifiers.aggregation,
    classifiers.k,
    concat_ws(' ', encoders.name, classifiers.prompt_set, classifiers.aggregation, classifiers.k) as task
from classifiers
inner join encoders using (encoder_id)
inner join two_class_attributes as two using (attribute)
where classifiers.prompt_set is not null
window
    of_task as (
        partition by
            classifiers.encoder_id, classifiers.prompt_set, classifiers.aggregation, classifiers.k
    )
qualify count(distinct classifiers.attribute) over of_task > 1 and count_if(two.is_yes_no) over of_task > 0
