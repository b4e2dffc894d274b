-- paired_counts: how often each classifier was right before and after, on the samples that both stores judged
select
    classifier,
    attribute,
    dataset,
    split,
    count(*) as n_common,
    count(*) filter (where is_right_after and is_right_before) as n_both_right,
    count(*) filter (where is_right_after and not is_right_before) as n_only_after,
    count(*) filter (where not is_right_after and is_right_before) as n_only_before,
    count(*) filter (where not is_right_after and not is_right_before) as n_both_wrong
from judged_both
group by all
