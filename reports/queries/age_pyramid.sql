-- age_pyramid: Race, age and gender together
-- text: How many samples of each age group are labelled as men and as women, by race. The fraction is
-- that of the samples of the race which have all three labels.
-- empty: No sample has labels of age, gender and race.
-- command: facestore import labels FILE --dataset NAME
-- head: age
-- fold: yes
select
    dataset,
    split,
    race,
    age,
    gender,
    age_ordinal,
    n_samples,
    fraction
from age_pyramid
order by dataset, split, gender, age_ordinal, age, race
