-- worst_predictions: whether mistakes are those that a classifier is surest of, or a sample
select
    classifier,
    if(
        margin is null and score is null,
        format('A sample of mistakes: {}', attribute),
        format('The most confident mistakes: {}', attribute)
    ) as sentence
from worst_predictions
where rank = 1
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    classifier asc
