-- named_gaps_hold: the gaps that have names are those of rate_gaps, and equalized odds the larger of two of them
-- audits: equalized_odds, demographic_parity, predictive_parity, rate_gaps
-- reads: equalized_odds, demographic_parity, predictive_parity, rate_gaps
-- todo: the view is wrong
with named as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        class,
        unnest([
            { 'measure': 'true_positive_rate', 'gap': equal_opportunity_difference },
            { 'measure': 'false_positive_rate', 'gap': false_positive_rate_difference },
            { 'measure': 'equalized_odds', 'gap': equalized_odds_difference }
        ]) as figure
    from equalized_odds
    union all
    select
        classifier,
        dataset,
        split,
        group_attribute,
        class,
        unnest([
            { 'measure': 'selection_rate', 'gap': demographic_parity_difference },
            { 'measure': 'label_share', 'gap': label_difference }
        ]) as figure
    from demographic_parity
    union all
    select
        classifier,
        dataset,
        split,
        group_attribute,
        class,
        unnest([
            { 'measure': 'positive_predictive_value', 'gap': positive_predictive_value_difference },
            { 'measure': 'negative_predictive_value', 'gap': negative_predictive_value_difference }
        ]) as figure
    from predictive_parity
),

figures as (
    select
        * exclude (figure),
        figure.*
    from named
    where figure.gap is not null
)

select
    coalesce(figures.classifier, rate_gaps.classifier) as classifier,
    coalesce(figures.dataset, rate_gaps.dataset) as dataset,
    coalesce(figures.split, rate_gaps.split) as split,
    coalesce(figures.group_attribute, rate_gaps.group_attribute) as group_attribute,
    coalesce(figures.class, rate_gaps.class) as class,
    coalesce(figures.measure, rate_gaps.measure) as measure,
    figures.gap as named_gap,
    rate_gaps.gap
from figures
full outer join rate_gaps
    on
        figures.classifier = rate_gaps.classifier
        and figures.dataset = rate_gaps.dataset
        and figures.split is not distinct from rate_gaps.split
        and figures.group_attribute = rate_gaps.group_attribute
        and figures.class = rate_gaps.class
        and figures.measure = rate_gaps.measure
where figures.gap is distinct from rate_gaps.gap
union all
select
    classifier,
    dataset,
    split,
    group_attribute,
    class,
    'equalized_odds' as measure,
    equalized_odds_difference as named_gap,
    greatest(equal_opportunity_difference, false_positive_rate_difference) as gap
from equalized_odds
where
    equalized_odds_difference
    <> greatest(equal_opportunity_difference, false_positive_rate_difference)
union all
select
    classifier,
    dataset,
    split,
    group_attribute,
    class,
    'four fifths' as measure,
    demographic_parity_ratio as named_gap,
    label_ratio as gap
from demographic_parity
where
    is_below_four_fifths is distinct from demographic_parity_ratio < 0.8
    or labels_are_below_four_fifths is distinct from label_ratio < 0.8
    or abs(demographic_parity_ratio * selection_rate_max - selection_rate_min) > 1e-9
