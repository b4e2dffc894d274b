-- suspect_labels: labels against which several independent judges agree, the most suspect first
-- grain: sample, attribute
-- units: counts of judges, classifiers and neighbours; agreement and neighbour_share are fractions in
-- [0, 1]; rank from 1 within data set, split and attribute
-- reads: judged_words, prediction_coverage, predictions, classifiers, encoders, samples, labels,
-- label_taxonomies, neighbour_pairs, judged_as
-- note: a judge is a model, whatever its precision, with all its classifiers, which are not independent:
-- their most frequent class is its vote, in a tie the label where it is among them; a classifier of
-- which no encoder is known is a judge of its own. A label is suspect where two judges or more, and
-- more than half of those who judged it, agree on another class. neighbour_share: of the labelled
-- neighbours by any encoder, how many have that class; NULL where there are none. Models share faults:
-- agreement is a reason to look at a picture, no proof. Ages at the border of two classes are no errors
-- source: Northcutt et al. 2021, arXiv 2103.14749, on wrong labels in test sets
with judges_of_classifiers as (
    select
        classifiers.classifier_id,
        classifiers.name as classifier,
        classifiers.attribute,
        min(classifiers.classifier_id) over (
            partition by
                coalesce(
                    'model ' || encoders.architecture || ' ' || coalesce(encoders.pretrained, ''),
                    'classifier ' || classifiers.name
                )
        ) as judge
    from classifiers
    left join encoders using (encoder_id)
),

-- judges of all labelled samples: a class that wins has more votes than half of them
complete_judges as (
    select
        prediction_coverage.dataset,
        prediction_coverage.split,
        prediction_coverage.attribute,
        count(distinct judges_of_classifiers.judge) as n_judges
    from prediction_coverage
    inner join judges_of_classifiers using (classifier)
    where prediction_coverage.n_judged = prediction_coverage.n_labelled
    group by all
),

-- which classifiers are wrong, 64 samples a number. By these numbers, as there are millions of mistakes
wrong_words as (
    select
        judged_words.dataset,
        judged_words.split,
        judged_words.word,
        judges_of_classifiers.attribute,
        list(xor(judged_words.judged, judged_words.is_right)) as masks
    from judged_words
    inner join judges_of_classifiers using (classifier_id)
    group by all
),

-- more have to be wrong than this
limited as (
    select
        wrong_words.word,
        wrong_words.attribute,
        wrong_words.masks,
        greatest(1, coalesce(complete_judges.n_judges, 0) // 2)::ubigint as most
    from wrong_words
    left join complete_judges
        on
            wrong_words.dataset = complete_judges.dataset
            and wrong_words.split is not distinct from complete_judges.split
            and wrong_words.attribute = complete_judges.attribute
),

-- how many are wrong, four samples a number: of each mask every 16th bit from the shift on, so that their sum has four
-- counts of 16 bits. They begin at such a number that the highest bit of a count says that it is above `most`
four_counts as (
    select
        word,
        attribute,
        most,
        shift,
        281479271743489::ubigint * (32767 - most)
        + list_sum(
            list_transform(masks, lambda mask: (mask >> shift) & 281479271743489)
        )::ubigint as counts
    from limited
    cross join (select unnest(range(16))::ubigint as shift) as shifts
),

-- what is not among these can be no suspect, and is not looked at again. In one list, which is taken to be short: predictions
-- and labels are then looked up in it, and not laid into a hash table
often_wrong as (
    select
        unnest(
            list(
                {
                    'sample_id': (
                        four_counts.word * 64 + four_counts.shift::bigint + places.place
                    )::integer,
                    'attribute': four_counts.attribute,
                    'most': four_counts.most
                }
            )
        ) as found
    from four_counts
    cross join (select unnest([0, 16, 32, 48]) as place) as places
    where
        four_counts.counts & (281479271743489::ubigint << 15) <> 0
        and (four_counts.counts >> (places.place + 15)::ubigint) & 1 = 1
),

asked as materialized (
    select
        often_wrong.found.sample_id,
        often_wrong.found.attribute,
        often_wrong.found.most,
        judges_of_classifiers.classifier_id,
        judges_of_classifiers.judge
    from often_wrong
    inner join judges_of_classifiers
        on often_wrong.found.attribute = judges_of_classifiers.attribute
),

classes_said as materialized (
    select
        asked.sample_id,
        asked.attribute,
        asked.most,
        asked.judge,
        predictions.predicted
    from predictions
    inner join asked
        on
            predictions.sample_id = asked.sample_id
            and predictions.classifier_id = asked.classifier_id
    where predictions.predicted is not null
),

-- and again by the class. Two classes of one hash would be looked at for nothing
doubted as materialized (
    select distinct
        sample_id,
        attribute
    from (
        select
            sample_id,
            attribute
        from classes_said
        group by
            sample_id,
            attribute,
            hash(predicted)
        having count(*) > any_value(most) and min(judge) < max(judge)
    ) as classes_said_by_many
),

-- few: by themselves first, so that the labels and predictions of the others are passed over
labels_in_doubt as materialized (
    select labels.*
    from labels
    semi join doubted using (sample_id, attribute)
    where labels.label is not null
),

doubted_labels as materialized (
    select
        labels_in_doubt.sample_id,
        samples.dataset,
        samples.split,
        samples.path,
        labels_in_doubt.attribute,
        label_taxonomies.taxonomy,
        labels_in_doubt.label
    from labels_in_doubt
    inner join samples using (sample_id)
    inner join label_taxonomies using (dataset, attribute)
),

judged as (
    select
        doubted_labels.sample_id,
        doubted_labels.attribute,
        classes_said.judge,
        judged_as(
            doubted_labels.taxonomy, doubted_labels.attribute, classes_said.predicted
        ) as predicted,
        doubted_labels.label
    from classes_said
    inner join doubted_labels using (sample_id, attribute)
),

votes as (
    select
        sample_id,
        attribute,
        judge,
        predicted,
        predicted = label as is_correct,
        count(*) as n_classifiers
    from judged
    group by all
),

judges as (
    select
        sample_id,
        attribute,
        judge,
        arg_max(
            { 'class': predicted, 'is_label': is_correct },
            { 'n': n_classifiers, 'for_label': is_correct, 'name': predicted }
        ) as vote,
        sum(n_classifiers) as n_classifiers,
        coalesce(sum(n_classifiers) filter (where not is_correct), 0) as n_classifiers_against
    from votes
    group by all
),

agreements as (
    select
        sample_id,
        attribute,
        vote.class as agreed_class,
        count(*) as n_agreed
    from judges
    where not vote.is_label
    group by all
    having count(*) >= 2
),

suspects as (
    select
        agreements.sample_id,
        agreements.attribute,
        agreements.agreed_class,
        agreements.n_agreed,
        count(*) as n_judges,
        count(*) filter (where not judges.vote.is_label) as n_against,
        sum(judges.n_classifiers)::bigint as n_classifiers,
        sum(judges.n_classifiers_against)::bigint as n_classifiers_against
    from agreements
    inner join judges using (sample_id, attribute)
    group by all
    having agreements.n_agreed > count(*) / 2
),

placed as (
    select
        suspects.*,
        doubted_labels.dataset,
        doubted_labels.split,
        doubted_labels.path,
        doubted_labels.taxonomy,
        doubted_labels.label
    from suspects
    inner join doubted_labels using (sample_id, attribute)
),

pairs as materialized (
    select
        sample_a,
        sample_b
    from neighbour_pairs
),

close_samples as (
    select
        sample_a as sample_id,
        sample_b as neighbour_id
    from pairs
    union
    select
        sample_b as sample_id,
        sample_a as neighbour_id
    from pairs
),

-- by themselves first: else labels are joined with suspects by attribute alone
neighbours_of_suspects as materialized (
    select
        placed.sample_id,
        placed.attribute,
        placed.taxonomy,
        placed.agreed_class,
        close_samples.neighbour_id
    from placed
    inner join close_samples using (sample_id)
),

-- named in one list, which is taken to be short: else all labels are laid into a hash table, for no neighbour too
labels_of_neighbours as materialized (
    select
        sample_id,
        attribute,
        label
    from labels
    where sample_id in (select unnest(list(neighbour_id)) from neighbours_of_suspects)
),

neighbourhoods as (
    select
        neighbours_of_suspects.sample_id,
        neighbours_of_suspects.attribute,
        count(*) as n_neighbours,
        count(*) filter (
            where
            judged_as(
                neighbours_of_suspects.taxonomy,
                neighbours_of_suspects.attribute,
                labels_of_neighbours.label
            ) = neighbours_of_suspects.agreed_class
        ) as n_neighbours_agreed
    from neighbours_of_suspects
    inner join labels_of_neighbours
        on
            neighbours_of_suspects.neighbour_id = labels_of_neighbours.sample_id
            and neighbours_of_suspects.attribute = labels_of_neighbours.attribute
    group by all
)

select
    placed.sample_id,
    placed.dataset,
    placed.split,
    placed.path,
    placed.attribute,
    placed.taxonomy,
    placed.label,
    placed.agreed_class,
    placed.n_judges,
    placed.n_against,
    placed.n_agreed,
    placed.n_agreed / placed.n_judges as agreement,
    placed.n_classifiers,
    placed.n_classifiers_against,
    coalesce(neighbourhoods.n_neighbours, 0) as n_neighbours,
    neighbourhoods.n_neighbours_agreed / neighbourhoods.n_neighbours as neighbour_share,
    row_number() over (
        partition by placed.dataset, placed.split, placed.attribute
        order by
            placed.n_agreed / placed.n_judges desc,
            neighbourhoods.n_neighbours_agreed / neighbourhoods.n_neighbours desc nulls last,
            placed.n_agreed desc,
            placed.n_classifiers_against / placed.n_classifiers desc,
            placed.path asc
    ) as rank
from placed
left join neighbourhoods using (sample_id, attribute)
