-- faithfulness: How faithful the maps are
-- text: Patches are removed (deletion) or put into an empty picture (insertion), most relevant first; the gain is how much
-- sooner the score moves than in a random order, or from the centre outwards, as a share of all that moves it in that picture.
-- 0 is chance, and what is below it is worse. Maps of random weights should be at 0, and likeness says how much a map is like
-- one of them: a map that is shows the picture, not the model. n counts samples; the intervals are 95 % t intervals of the mean.
select
    coalesce(classifier, encoder) as asked,
    method,
    measure,
    if(whose = 'trained', 'the map', 'random weights') as order_of,
    case against
        when 'random' then 'a random order'
        when 'centre' then 'the centre first'
        else 'random weights'
    end as beside,
    dataset,
    split,
    n_samples,
    gain,
    ci_low,
    ci_high,
    rank
from faithfulness_by_group
where group_attribute = 'overall'
order by
    dataset asc,
    split asc,
    measure asc,
    whose desc,
    against desc,
    rank asc,
    asked asc,
    method asc,
    parameters asc
