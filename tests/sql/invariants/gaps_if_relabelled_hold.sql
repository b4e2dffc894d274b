-- gaps_if_relabelled_hold: the gap is that of accuracy_gaps, and the relabelled one that of two groups of label_noise_by_group
-- audits: gaps_if_relabelled
-- reads: gaps_if_relabelled, accuracy_gaps, label_noise_by_group
-- todo: the view is wrong
select
    accuracy_gaps.gap as gap_expected,
    gaps.*
from (
    from accuracy_gaps
    where not list_contains(string_split(group_attribute, ' x '), attribute)
) as accuracy_gaps
full join gaps_if_relabelled as gaps
    on
        accuracy_gaps.classifier = gaps.classifier
        and accuracy_gaps.dataset = gaps.dataset
        and accuracy_gaps.split is not distinct from gaps.split
        and accuracy_gaps.group_attribute = gaps.group_attribute
left join label_noise_by_group as worst
    on
        gaps.classifier = worst.classifier
        and gaps.dataset = worst.dataset
        and gaps.split is not distinct from worst.split
        and gaps.group_attribute = worst.group_attribute
        and gaps.worst_group_relabelled = worst.group_name
left join label_noise_by_group as suspicious
    on
        gaps.classifier = suspicious.classifier
        and gaps.dataset = suspicious.dataset
        and gaps.split is not distinct from suspicious.split
        and gaps.group_attribute = suspicious.group_attribute
        and gaps.most_suspect_group = suspicious.group_name
where
    gaps.n_groups is distinct from accuracy_gaps.n_groups
    or (abs(gaps.gap - accuracy_gaps.gap) < 1e-9) is not true
    or gaps.worst_group is distinct from accuracy_gaps.worst_group
    or (gaps.gap_relabelled between 0 and 1) is not true
    or (abs(gaps.gap_change - (gaps.gap_relabelled - gaps.gap)) < 1e-9) is not true
    or worst.accuracy_relabelled is null
    or (worst.accuracy_relabelled + gaps.gap_relabelled <= 1 + 1e-9) is not true
    or (suspicious.suspect_share = gaps.suspect_share_max) is not true
    or (gaps.suspect_share_min between 0 and gaps.suspect_share_max) is not true
    or (gaps.n_suspects = 0 and abs(gaps.gap_change) > 1e-9)
