-- faithfulness_gains: what each measured map gains over other orders of the same patches
-- grain: explanation_id, measure, whose, against
-- units: area and other_area are in the unit of the score: its mean height while patches are removed (deletion) or shown
-- (insertion); gain is their difference in spans of the picture, above 0 where the order is better than the other one; of
-- likeness, gain is Spearman's rank correlation of two maps, in [-1, 1]
-- reads: explanations, encoders, classifiers
-- source: Petsiuk et al. 2018 (RISE), arXiv 1806.07421; Adebayo et al. 2018, arXiv 1810.03292
-- note: deletion: (other_area - area) / span, insertion: (area - other_area) / span. The span is the largest minus the smallest
-- score of the picture whole, empty and along drawn and centre orders, so that models compare; where it is 0 there is no gain.
-- whose is trained (the map) or randomised (the map that the same method makes of random weights); against is a random order,
-- the centre first, or, of likeness, the map of random weights: a map that stays like it shows the picture, not the model
with measured as (
    select
        explanations.explanation_id,
        explanations.encoder_id,
        encoders.name as encoder,
        explanations.classifier_id,
        classifiers.name as classifier,
        explanations.sample_id,
        explanations.method,
        explanations.target,
        explanations.parameters,
        explanations.faithfulness.seed,
        explanations.faithfulness.span,
        explanations.faithfulness.likeness,
        unnest(
            [
                { 'measure': 'deletion', 'sign': -1, 'areas': explanations.faithfulness.deletion },
                { 'measure': 'insertion', 'sign': 1, 'areas': explanations.faithfulness.insertion }
            ]
        ) as curve
    from explanations
    inner join encoders using (encoder_id)
    left join classifiers using (classifier_id)
    where explanations.faithfulness is not null
),

compared as (
    select
        * exclude (curve),
        curve.measure,
        curve.sign,
        unnest(
            [
                { 'whose': 'trained', 'against': 'random', 'area': curve.areas.own, 'other': curve.areas.random },
                { 'whose': 'trained', 'against': 'centre', 'area': curve.areas.own, 'other': curve.areas.centre },
                {
                    'whose': 'randomised',
                    'against': 'random',
                    'area': curve.areas.randomised,
                    'other': curve.areas.random
                }
            ]
        ) as pair
    from measured
)

select
    explanation_id,
    encoder_id,
    encoder,
    classifier_id,
    classifier,
    sample_id,
    method,
    target,
    parameters,
    seed,
    measure,
    pair.whose,
    pair.against,
    pair.area,
    pair.other as other_area,
    span,
    sign * (pair.area - pair.other) / nullif(span, 0) as gain
from compared
union all by name
select
    * exclude (curve, likeness),
    'likeness' as measure,
    'trained' as whose,
    'randomised' as against,
    likeness as gain
from measured
where curve.measure = 'deletion'
