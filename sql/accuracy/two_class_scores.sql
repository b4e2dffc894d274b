-- two_class_scores(of_all): how much a classifier of two classes takes each sample for each of the two
-- grain: classifier, sample, class
-- units: score is the margin, negative where the other class is predicted, and 0 of a tie; is_positive: labelled as the
-- class; is_taken: predicted as it
-- reads: sample_judgements, predictions, classifiers, sample_labels, judged_counts, label_taxonomies, two_class_attributes,
-- yes_no_classifiers
-- note: classifiers with margins whose labels and predictions are of two classes; where all are of one, it is the other one
-- that an attribute of two classes has. Of all classifiers, or of yes_no_classifiers alone
with asked as (
    select classifier_id
    from classifiers
    where of_all
    union
    select classifier_id
    from yes_no_classifiers
),

occurring as (
    select
        classifier_id,
        attribute,
        label as class
    from judged_counts
    union
    select
        classifier_id,
        attribute,
        predicted as class
    from judged_counts
),

named as (
    select
        classifier_id,
        class
    from occurring
    union
    select
        occurring.classifier_id,
        unnest([two.positive, two.negative]) as class
    from occurring
    inner join two_class_attributes as two using (attribute)
    where occurring.class in (two.positive, two.negative)
),

two_classes as (
    select
        classifier_id,
        class
    from named
    qualify count(*) over (partition by classifier_id) = 2
),

judged as (
    select
        classifier_id,
        sample_id,
        dataset,
        split,
        attribute,
        label,
        predicted,
        margin
    from sample_judgements
    semi join asked on sample_judgements.classifier_id = asked.classifier_id
    where margin is not null
    union all
    select
        predictions.classifier_id,
        predictions.sample_id,
        sample_labels.dataset,
        sample_labels.split,
        sample_labels.attribute,
        sample_labels.label,
        null as predicted,
        predictions.margin
    from predictions
    semi join asked on predictions.classifier_id = asked.classifier_id
    inner join classifiers using (classifier_id)
    inner join sample_labels using (sample_id, attribute)
    where predictions.predicted is null and predictions.margin = 0
)

select
    judged.classifier_id,
    classifiers.name as classifier,
    judged.attribute,
    label_taxonomies.taxonomy,
    judged.dataset,
    judged.split,
    judged.sample_id,
    two_classes.class,
    judged.label = two_classes.class as is_positive,
    coalesce(judged.predicted = two_classes.class, false) as is_taken,
    case
        when judged.margin = 0 then 0
        when judged.predicted = two_classes.class then judged.margin
        else -judged.margin
    end as score
from judged
inner join two_classes on judged.classifier_id = two_classes.classifier_id
inner join classifiers on judged.classifier_id = classifiers.classifier_id
inner join label_taxonomies
    on
        judged.dataset = label_taxonomies.dataset
        and judged.attribute = label_taxonomies.attribute
