"""For every invariant of the room sql/fairness: statements, after each of which a view is wrong in its way."""

from __future__ import annotations

from support.spoiling import NAN, replaced, spoiled, without_first


def _macro(name: str, arguments: str, parameters: str, *wrong: str) -> list[str]:
    """Return statements after which a macro gives, whatever it is given, what is wrong with its rows."""
    return [
        f"create table kept_rows as from {name}({arguments}); create or replace macro "
        f"{name}({parameters}) as table select * replace ({each}) from kept_rows"
        for each in wrong
    ]


BAD_FAIRNESS: dict[str, list[str]] = {
    "rate_gaps_hold": [
        replaced("rate_gaps", where="measure <> 'selection_rate'"),
        spoiled("rates_by_group", "negative_predictive_value", "0.123", "group_name = 'White'"),
        *(
            spoiled("rate_gaps", column, value, "measure = 'selection_rate'")
            for column, value in [
                ("n_groups", "n_groups + 1"), ("gap", "gap + 0.1"), ("gap", "null"), ("gap", NAN),
                ("rate_min", "rate_min + 0.1"), ("rate_max", NAN), ("n_lowest", "0"),
                ("n_highest", "null"), ("measure", "'another'"),
            ]
        ),
        *(
            spoiled("rate_gaps", column, value)
            for column, value in [
                ("ci_low", "gap + 0.1"), ("ci_low", "null"), ("ci_high", "1.1"), ("ci_high", NAN),
                ("ratio", "ratio + 0.1"), ("ci_low_ratio", "-0.1"), ("ci_high_ratio", "null"),
            ]
        ),
        spoiled("rate_gaps", "gap", "gap / 2 - 1", "measure = 'equalized_odds'"),
    ],
    "named_gaps_hold": [
        *(
            spoiled("equalized_odds", f"{name}_difference", "0.123", f"{name}_difference is not null")
            for name in ("equal_opportunity", "false_positive_rate", "equalized_odds")
        ),
        spoiled("demographic_parity", "demographic_parity_difference", "null"),
        spoiled("demographic_parity", "label_difference", "0.123"),
        spoiled("demographic_parity", "is_below_four_fifths", "not is_below_four_fifths"),
        spoiled("demographic_parity", "labels_are_below_four_fifths", "null"),
        spoiled("demographic_parity", "demographic_parity_ratio", "1.1", "selection_rate_min = 0"),
        *(
            spoiled("predictive_parity", f"{name}_predictive_value_difference", "0.123", "true")
            for name in ("positive", "negative")
        ),
        without_first("equalized_odds"),
        without_first("demographic_parity"),
        without_first("predictive_parity"),
    ],
    "conditional_gaps_hold": [
        spoiled("conditional_gaps", column, value, row)
        for column, value, row in [
            ("group_a", "'zzz'", "nth = 1"), ("n_samples_a", "0", "nth = 1"),
            ("n_samples_a", "n_samples_a + 99", "nth = 1"), ("n_compared", "1", "nth = 1"),
            ("n_compared", "n_samples_a + n_samples_b + 1", "nth = 1"), ("n_strata", "0", "nth = 1"),
            ("n_strata", "n_compared", "nth = 1"), ("accuracy_a", "accuracy_a / 2 + 0.1", "true"),
            ("difference", "difference + 0.1", "nth = 1"), ("difference", "null", "nth = 1"),
            ("conditional_difference", "null", "nth = 1"), ("conditional_difference", "1.1", "nth = 1"),
            ("ci_low", "1.1", "true"), ("ci_high", "-1.1", "true"), ("p_value", "1.1", "nth = 1"),
            ("p_value_holm", "p_value - 0.01", "nth = 1"), ("p_value_holm", "null", "nth = 1"),
            ("is_reversed", "not is_reversed", "nth = 1"), ("is_reversed", "not is_reversed", "is_reversed"),
        ]
    ],
    "selective_accuracy_holds": [
        without_first("selective_accuracy"),
        *(
            spoiled("selective_accuracy", column, value, row)
            for column, value, row in [
                ("n_group", "0", "nth = 1"), ("n_group", "99", "coverage_asked = 1"),
                ("n_samples", "n_group + 1", "nth = 1"), ("n_samples", "0", "coverage_asked = 1"),
                ("n_samples", "null", "nth = 1"), ("n_samples", "n_group", "coverage_asked = 0.5"),
                ("coverage", "coverage / 2", "coverage = 1"), ("ci_low_coverage", "1.1", "nth = 1"),
                ("ci_high_coverage", "-0.1", "nth = 1"), ("n_correct", "n_samples + 1", "nth = 1"),
                ("n_correct", "n_samples - n_correct", "coverage_asked = 1"),
                ("accuracy", "accuracy + 0.1", "accuracy < 1"), ("ci_low", "1.1", "accuracy = 1"),
                ("ci_high", "-0.1", "accuracy = 0"),
            ]
        ),
    ],
    "predicted_shares_hold": [
        without_first("predicted_shares"),
        replaced("predicted_shares", where="classifier <> 'harm'"),
        replaced("rate_gaps", where="taxonomy is not null"),
        *(
            spoiled("predicted_shares", column, value, row)
            for column, value, row in [
                ("n_samples", "n_samples + 1", "true"), ("n_samples", "0", "true"),
                ("n_predicted", "n_predicted + 1", "nth = 1"), ("n_predicted", "null", "nth = 1"),
                ("n_predicted", "-1", "group_name = 'overall'"), ("n_ties", "n_ties + 1", "true"), ("n_ties", "-1", "nth = 1"),
                ("share", "share / 2 + 0.01", "share < 1"), ("ci_low", "1.1", "share = 1"),
                ("ci_low", "null", "nth = 1"), ("ci_high", "-0.1", "share = 0"),
            ]
        ),
        spoiled("rate_gaps", "gap", "gap / 2 + 0.01", "taxonomy is null"),
        spoiled("rate_gaps", "measure", "'label_share'", "taxonomy is null"),
    ],
    "auc_by_group_holds": _macro(
        "auc_by_group", "'race'", "of_attribute",
        "'Female' as class", "n_samples + 1 as n_samples", "0 as n_labelled",
        "if(class = 'Male', auc / 2 + 0.01, auc) as auc", "auc + 1.1 as auc", "auc - 1.1 as ci_low",
        "1.1 as ci_high, 0.0 as ci_low", "-0.1 as true_positive_rate_at_threshold",
        "1.1 as false_positive_rate_at_threshold", "null as threshold_of_equal_recall",
    ),
    "ranking_skew_holds": [
        *_macro(
            "ranking_skew", "'p1', 'p4', 'race', 3, 0", "one, two, of_attribute, first_k, seed",
            "n_samples + 1 as n_samples", "n_first + 1 as n_first", "max_skew + 0.1 as max_skew",
            "-0.1 as ndkl", "null as ndkl", "-0.1 as max_skew_by_chance", "-0.1 as ndkl_by_chance",
            "-0.1 as max_skew_chance_95", "null as ndkl_chance_95",
        ),
        *_macro(
            "ranking_skew_by_group", "'p1', 'p4', 'race', 3", "one, two, of_attribute, first_k",
            "n_group + 1 as n_group", "n_group_first + 1 as n_group_first", "skew / 2 - 1 as skew",
            "skew + 1 as ci_low", "skew - 1 as ci_high", "n_first + 1 as n_effective",
        ),
        *_macro(
            "ranked_by_prompts", "'p1', 'p4', 'race'", "one, two, of_attribute",
            "1::bigint as rank", "rank + 1 as rank",
        ),
    ],
}  # fmt: skip
