-- suspect_labels: Suspect labels
-- text: Labels against which several models agree on another class, the most suspect first; the first
-- 50 of each attribute. Models share faults: agreement is a reason to look at the picture, no proof.
-- empty: No label is contradicted by several models.
-- layout: cards
-- head: path
-- fold: yes
select
    suspect_labels.dataset,
    suspect_labels.split,
    suspect_labels.attribute,
    suspect_labels.rank,
    suspect_labels.path,
    suspect_labels.label,
    suspect_labels.agreed_class,
    suspect_labels.n_judges,
    suspect_labels.n_agreed,
    suspect_labels.agreement,
    suspect_labels.n_classifiers,
    suspect_labels.n_classifiers_against,
    suspect_labels.n_neighbours,
    suspect_labels.neighbour_share,
    samples.image_id
from suspect_labels
inner join samples using (sample_id)
where suspect_labels.rank <= 50
order by
    suspect_labels.dataset,
    suspect_labels.split,
    list_position(['gender', 'race', 'age'], suspect_labels.attribute),
    suspect_labels.attribute,
    suspect_labels.rank
