-- published: Published against measured
-- text: Figures that others published beside those measured here. difference is measured minus
-- published; is inside says whether the published figure lies in the 95 % Wilson interval of the
-- measured one, where it has one. A dash: not measured here. Figures of attributes that nothing here is labelled
-- with are on the board alone.
-- empty: No published figures are of an attribute that is labelled here.
-- command: facestore import published FILE --dataset NAME
-- head: classifier
-- fold: yes
select
    source,
    dataset,
    split,
    attribute,
    classifier,
    architecture,
    pretrained,
    group_attribute,
    group_name,
    metric,
    n_samples,
    published,
    measured,
    difference,
    ci_low,
    ci_high,
    is_inside
from published_comparison
where measured is not null or attribute in (select attribute from label_counts)
order by
    source,
    published_row,
    dataset,
    split,
    classifier
