-- without_duplicates: Accuracy with and without duplicates
-- text: raw counts all samples, dedup leaves out those that facestore dedup chose; change is the second
-- minus the first. Both with their n and 95 % Wilson interval.
-- empty: No judged sample is left out.
-- command: facestore dedup --policy keep-one
-- head: classifier
select
    dataset,
    split,
    attribute,
    classifier,
    n_samples_raw,
    n_removed,
    n_samples_dedup,
    accuracy_raw,
    ci_low_raw,
    ci_high_raw,
    accuracy_dedup,
    ci_low as ci_low_dedup,
    ci_high as ci_high_dedup,
    change
from accuracy_without_duplicates
where n_removed > 0
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    accuracy_dedup desc,
    classifier asc
