-- clip_table_3: race, gender and age accuracy on faces labelled White, as table 3 of the CLIP paper
-- grain: classifier, dataset, split
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval
-- reads: accuracy_by_white
-- source: Radford et al. 2021, arXiv 2103.00020, section 7.1
-- note: race is judged as White or Non-White; the paper prints per cent, of ViT-L/14@336px
select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    n_samples,
    n_correct,
    accuracy,
    ci_low,
    ci_high
from accuracy_by_white
where group_name = 'White'
