-- suspect_labels: labels against which several independent judges agree, the most suspect first
-- grain: sample, attribute
-- units: counts of judges, classifiers and neighbours; agreement and neighbour_share are fractions in
-- [0, 1]; rank from 1 within data set, split and attribute
-- reads: judged_predictions, classifiers, encoders, sample_labels, neighbour_pairs, judged_as
-- note: a judge is a model, whatever its precision, with all its classifiers, which are not independent:
-- their most frequent class is its vote, in a tie the label where it is among them; a classifier of
-- which no encoder is known is a judge of its own. A label is suspect where two judges or more, and
-- more than half of those who judged it, agree on another class. neighbour_share: of the labelled
-- neighbours by any encoder, how many have that class; NULL where there are none. Models share faults:
-- agreement is a reason to look at a picture, no proof. Ages at the border of two classes are no errors
-- source: Northcutt et al. 2021, arXiv 2103.14749, on wrong labels in test sets
with votes as (
    select
        judged_predictions.sample_id,
        judged_predictions.attribute,
        judged_predictions.taxonomy,
        judged_predictions.dataset,
        judged_predictions.split,
        judged_predictions.path,
        judged_predictions.label,
        judged_predictions.predicted,
        coalesce(
            'model ' || encoders.architecture || ' ' || coalesce(encoders.pretrained, ''),
            'classifier ' || classifiers.name
        ) as judge,
        count(*) as n_classifiers
    from judged_predictions
    inner join classifiers using (classifier_id)
    left join encoders using (encoder_id)
    group by all
),

judges as (
    select
        * exclude (predicted, n_classifiers),
        arg_max(
            predicted,
            { 'n': n_classifiers, 'for_label': predicted = label, 'name': predicted }
        ) as vote,
        sum(n_classifiers) as n_classifiers,
        coalesce(sum(n_classifiers) filter (where predicted <> label), 0) as n_classifiers_against
    from votes
    group by all
),

voted as (
    select
        * exclude (judge, n_classifiers, n_classifiers_against),
        count(*) as n_judges
    from judges
    group by all
),

suspects as (
    select
        voted.* exclude (vote, n_judges),
        totals.n_judges,
        totals.n_against,
        totals.n_classifiers,
        totals.n_classifiers_against,
        voted.vote as agreed_class,
        voted.n_judges as n_agreed
    from voted
    inner join (
        select
            sample_id,
            attribute,
            count(*) as n_judges,
            count(*) filter (where vote <> label) as n_against,
            sum(n_classifiers)::bigint as n_classifiers,
            sum(n_classifiers_against)::bigint as n_classifiers_against
        from judges
        group by all
    ) as totals using (sample_id, attribute)
    where
        voted.vote <> voted.label
        and voted.n_judges >= 2
        and voted.n_judges > totals.n_judges / 2
),

close_samples as (
    select
        sample_a as sample_id,
        sample_b as neighbour_id
    from neighbour_pairs
    union
    select
        sample_b as sample_id,
        sample_a as neighbour_id
    from neighbour_pairs
),

neighbourhoods as (
    select
        suspects.sample_id,
        suspects.attribute,
        count(*) as n_neighbours,
        count(*) filter (
            where
            judged_as(suspects.taxonomy, suspects.attribute, sample_labels.label)
            = suspects.agreed_class
        ) as n_neighbours_agreed
    from suspects
    inner join close_samples using (sample_id)
    inner join sample_labels
        on
            close_samples.neighbour_id = sample_labels.sample_id
            and suspects.attribute = sample_labels.attribute
    group by all
)

select
    suspects.sample_id,
    suspects.dataset,
    suspects.split,
    suspects.path,
    suspects.attribute,
    suspects.taxonomy,
    suspects.label,
    suspects.agreed_class,
    suspects.n_judges,
    suspects.n_against,
    suspects.n_agreed,
    suspects.n_agreed / suspects.n_judges as agreement,
    suspects.n_classifiers,
    suspects.n_classifiers_against,
    coalesce(neighbourhoods.n_neighbours, 0) as n_neighbours,
    neighbourhoods.n_neighbours_agreed / neighbourhoods.n_neighbours as neighbour_share,
    row_number() over (
        partition by suspects.dataset, suspects.split, suspects.attribute
        order by
            suspects.n_agreed / suspects.n_judges desc,
            neighbourhoods.n_neighbours_agreed / neighbourhoods.n_neighbours desc nulls last,
            suspects.n_agreed desc,
            suspects.n_classifiers_against / suspects.n_classifiers desc,
            suspects.path asc
    ) as rank
from suspects
left join neighbourhoods using (sample_id, attribute)
