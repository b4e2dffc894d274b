-- demographic_parity: whether a class is predicted as often in each group, beside how often it is the label there
-- grain: classifier, dataset, split, group_attribute, class
-- units: demographic_parity_difference is the largest less the smallest share predicted as the class, a fraction;
-- demographic_parity_ratio (disparate impact) the smallest by the largest; the intervals are 95 % ones, whichever groups
-- are the extremes; label_difference and label_ratio are the same of the labels of these samples; is_below_four_fifths:
-- the ratio is below 0.8, labels_are_below_four_fifths that of the labels
-- reads: rate_gaps, seen_by
-- source: Feldman et al. 2015, arXiv 1412.3756; the four-fifths rule: 29 CFR 1607.4 D; names after Fairlearn
-- note: a perfect classifier has just the ratio of the labels: where that is below 0.8 it "fails" as well, so the rule
-- says something of these samples and nothing of the classifier. On FairFace women are .33 of one race and .51 of
-- another, a ratio of .640. Compare the two ratios, or ask equalized_odds, which goes by the labels. Where nothing is
-- labelled with the attribute, as with harm (see predicted_shares), there is no taxonomy and no label_ratio
with measured as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        group_attribute,
        class,
        any_value(
            {
                'n_groups': n_groups,
                'highest_group': highest_group,
                'n_highest': n_highest,
                'selection_rate_max': rate_max,
                'lowest_group': lowest_group,
                'n_lowest': n_lowest,
                'selection_rate_min': rate_min,
                'demographic_parity_difference': gap,
                'ci_low': ci_low,
                'ci_high': ci_high,
                'demographic_parity_ratio': ratio,
                'ci_low_ratio': ci_low_ratio,
                'ci_high_ratio': ci_high_ratio
            }
        ) filter (where measure = 'selection_rate') as selected,
        any_value(gap) filter (where measure = 'label_share') as label_difference,
        any_value(ratio) filter (where measure = 'label_share') as label_ratio
    from rate_gaps
    where measure in ('selection_rate', 'label_share')
    group by all
)

select
    * exclude (selected, label_difference, label_ratio),
    seen_by(classifier, dataset, split) as seen,
    selected.*,
    label_difference,
    label_ratio,
    selected.demographic_parity_ratio < 0.8 as is_below_four_fifths,
    label_ratio < 0.8 as labels_are_below_four_fifths
from measured
