-- age_pyramid: how many men and women of each age group there are, by race
-- grain: dataset, split, race, age, gender
-- units: age_ordinal is the place of the age group, the youngest first; fraction in [0, 1] of the samples
-- of the data set, split and race which have all three labels
-- reads: samples, labels, classes
-- note: groups without a sample are not here
select
    samples.dataset,
    samples.split,
    races.label as race,
    ages.label as age,
    genders.label as gender,
    any_value(classes.ordinal) as age_ordinal,
    count(*) as n_samples,
    count(*) / sum(count(*)) over (
        partition by samples.dataset, samples.split, races.label
    ) as fraction
from samples
inner join labels as races
    on
        samples.sample_id = races.sample_id
        and races.attribute = 'race'
inner join labels as ages
    on
        samples.sample_id = ages.sample_id
        and ages.attribute = 'age'
inner join labels as genders
    on
        samples.sample_id = genders.sample_id
        and genders.attribute = 'gender'
left join classes
    on
        classes.attribute = 'age'
        and ages.label = classes.class
where races.label is not null and ages.label is not null and genders.label is not null
group by samples.dataset, samples.split, races.label, ages.label, genders.label
