-- group_rates: Rates by group
-- text: One class against all others in each group: how often it is predicted (selection rate, demographic parity), how often
-- those with this label are called so (true positive rate, equal opportunity), and how often others are (false positive
-- rate; with the former: equalized odds), with 95 % Wilson intervals. It is the class whose groups surely differ most;
-- all classes are in the table below.
-- empty: No classifier is judged on two groups of one kind.
-- command: facestore import labels FILE --dataset NAME
-- show: shown
-- layout: blocks
-- head: group_name
-- fold: yes
with drawn as (
    select
        classifier,
        dataset,
        split,
        class
    from rate_gaps
    where measure in ('true_positive_rate', 'false_positive_rate') and not contains(group_attribute, ' x ')
    qualify
        row_number() over (
            partition by classifier, dataset, split
            order by ci_low desc, gap desc, class asc, group_attribute asc
        ) = 1
),

rates as (
    select
        rates_by_group.dataset,
        rates_by_group.split,
        rates_by_group.attribute,
        rates_by_group.classifier,
        rates_by_group.class,
        rates_by_group.group_attribute,
        rates_by_group.group_name,
        unnest([
            {
                'measure': 'selection rate',
                'n_samples': rates_by_group.n_samples,
                'rate': rates_by_group.selection_rate,
                'ci_low': rates_by_group.ci_low_selection_rate,
                'ci_high': rates_by_group.ci_high_selection_rate
            },
            {
                'measure': 'true positive rate',
                'n_samples': rates_by_group.n_labelled,
                'rate': rates_by_group.true_positive_rate,
                'ci_low': rates_by_group.ci_low_true_positive_rate,
                'ci_high': rates_by_group.ci_high_true_positive_rate
            },
            {
                'measure': 'false positive rate',
                'n_samples': rates_by_group.n_samples - rates_by_group.n_labelled,
                'rate': rates_by_group.false_positive_rate,
                'ci_low': rates_by_group.ci_low_false_positive_rate,
                'ci_high': rates_by_group.ci_high_false_positive_rate
            }
        ]) as of_measure
    from rates_by_group
    inner join drawn
        on
            rates_by_group.classifier = drawn.classifier
            and rates_by_group.dataset = drawn.dataset
            and rates_by_group.split is not distinct from drawn.split
            and rates_by_group.class = drawn.class
    where
        not contains(rates_by_group.group_attribute, ' x ')
        -- within a label's own group its rates are 0 or 1 by themselves
        and rates_by_group.group_attribute not in ('overall', rates_by_group.attribute)
)

select
    rates.dataset,
    rates.split,
    rates.attribute,
    rates.classifier,
    rates.class,
    rates.group_attribute,
    rates.group_name,
    rates.of_measure.measure,
    rates.of_measure.n_samples,
    rates.of_measure.rate,
    rates.of_measure.ci_low,
    rates.of_measure.ci_high
from rates
left join classes
    on
        rates.group_attribute = classes.attribute
        and rates.group_name = classes.class
order by
    rates.dataset asc,
    rates.split asc,
    list_position(['gender', 'race', 'age'], rates.attribute) asc,
    rates.attribute asc,
    rates.classifier asc,
    list_position(['gender', 'race', 'age'], rates.group_attribute) asc,
    rates.group_attribute asc,
    classes.ordinal asc,
    rates.group_name asc,
    rates.of_measure.measure desc
