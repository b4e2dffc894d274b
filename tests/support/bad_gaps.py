"""For every invariant of gaps, spreads and wordings: statements, after each of which a view is wrong."""

from __future__ import annotations

from support.spoiling import NAN, spoiled, without_first

_REPLICATES = "(a, b, c, d, e, f, g) as table select 'x' as group_name, 'm' as measure,"

BAD_GAPS: dict[str, list[str]] = {
    "replicated_figures_hold": [
        f"create or replace macro {name}{_REPLICATES} {select}"
        for name in ("replicated_classes", "replicated_ages")
        for select in (
            "replicate, 1.1 as value from range(f, g + 1) as t (replicate)",
            "replicate, -0.1 as value from range(f, g + 1) as t (replicate)",
            "replicate, 0.5 as value from range(f, g) as t (replicate)",
            "replicate, 0.5 as value from range(f - 1, g) as t (replicate)",
            "replicate, 0.5 as value from range(f + 1, g + 2) as t (replicate)",
            "f as replicate, 0.5 as value from range(3)",
        )
    ],
    "bootstrap_intervals_hold": [
        *(
            spoiled("bootstrap_intervals", column, value)
            for column, value in [
                ("attribute", "'other'"),
                ("n_samples", "n_samples + 1"),
                ("value", "value + 0.1"),
                ("ci_low", "value + 0.1"),
                ("ci_low", "-0.1"),
                ("ci_low", "null"),
                ("ci_high", "value - 0.1"),
                ("standard_error", "-0.1"),
                ("ci_low_percentile", "ci_high_percentile + 0.1"),
                ("n_replicates", "1"),
                ("seed", "-1"),
                ("n_effective", "n_effective / 2"),
                ("n_effective", "null"),
            ]
        ),
        spoiled("bootstrap_intervals", "ci_high", "1.1", "measure = 'macro_f1'"),
    ],
    "class_averages_by_group_hold": [
        *(
            spoiled("class_averages_by_group", column, value, "group_attribute = 'overall'")
            for column, value in [
                ("n_samples", "n_samples + 1"),
                ("attribute", "'other'"),
                ("taxonomy", "'other'"),
                ("balanced_accuracy", "null"),
                ("balanced_accuracy", "balanced_accuracy / 2"),
                ("macro_f1", "null"),
                ("macro_f1", "macro_f1 / 2 + 0.01"),
                ("ci_low", "-0.1"),
                ("ci_low", "balanced_accuracy + 0.1"),
                ("ci_high", "1.1"),
                ("n_classes", "n_classes + 1"),
                ("n_effective", "n_effective / 2"),
                ("n_effective", "null"),
            ]
        ),
        spoiled("class_averages_by_group", "macro_f1", "1.1", "group_attribute = 'gender'"),
        spoiled(
            "class_averages_by_group", "balanced_accuracy", "0.123", "group_attribute = 'gender'"
        ),
        without_first("class_averages_by_group"),
    ],
    "shrunken_accuracy_holds": [
        *(
            spoiled(
                "shrunken_accuracy",
                column,
                value,
                "nth = (select min(nth) from kept_rows_of_shrunken_accuracy where tau > 0)",
            )
            for column, value in [
                ("n_samples", "n_samples + 1"),
                ("n_correct", "n_correct + 1"),
                ("accuracy", "accuracy + 0.1"),
                ("shrunken_accuracy", "shrunken_accuracy + 0.5"),
                ("shrunken_accuracy", "null"),
                ("accuracy_centre", "accuracy_centre + 0.5"),
                ("own_weight", "own_weight + 1"),
                ("own_weight", "0"),
                ("posterior_sd", "-0.1"),
                ("posterior_sd", "tau + 0.1"),
            ]
        ),
        without_first("shrunken_accuracy"),
    ],
    "group_spread_holds": [
        *(
            spoiled("group_spread", column, value)
            for column, value in [
                ("n_groups", "n_groups + 1"),
                ("n_samples", "n_samples + 1"),
                ("gap", "gap + 0.1"),
                ("gap", NAN),
                ("shrunken_gap", "gap + 0.1"),
                ("shrunken_gap", "-0.1"),
                ("posterior_gap", "shrunken_gap - 0.1"),
                ("posterior_gap", "null"),
                ("tau", "tau + 0.1"),
                ("p_value", "1.1"),
                ("p_value", "null"),
                ("detectable_gap", "detectable_gap + 0.1"),
            ]
        ),
        spoiled(
            "group_spread",
            "chi_square",
            "0",
            "nth = (select min(nth) from kept_rows_of_group_spread where tau > 0)",
        ),
        without_first("group_spread"),
    ],
    "gap_comparison_holds": [
        *(
            spoiled("gap_comparison", column, value)
            for column, value in [
                ("classifier_a", "classifier_b"),
                ("n_groups", "1"),
                ("n_groups", "n_groups + 99"),
                ("n_samples", "0"),
                ("n_samples", "n_samples + 99"),
                ("gap_a", "gap_a + 1.1"),
                ("gap_b", "-0.1"),
                ("difference", "difference + 0.1"),
                ("difference", NAN),
                ("ci_low", "difference + 0.1"),
                ("ci_high", "null"),
            ]
        ),
        spoiled(
            "gap_comparison",
            "best_group_a",
            "'another'",
            "true",
        ),
    ],
    "wording_judgements_hold": [
        spoiled("wording_judgements", "is_correct", "not is_correct"),
        spoiled("wording_judgements", "predicted", "'another'", "is_correct"),
        spoiled("wording_judgements", "label", "predicted", "not is_correct"),
        spoiled("wording_accuracy", "n_samples", "n_samples + 1"),
        spoiled("wording_accuracy", "ci_low", "accuracy"),
        spoiled("wording_accuracy", "ci_low", "ci_low / 2", "n_effective = n_samples"),
        without_first("wording_accuracy"),
    ],
    "accuracy_gaps_hold": [
        *(
            spoiled("accuracy_gaps", column, value)
            for column, value in [
                ("n_groups", "n_groups + 1"),
                ("n_samples_best", "0"),
                ("n_samples_worst", "null"),
                ("worst_group", "'Other'"),
                ("gap", "gap + 0.1"),
                ("gap", "null"),
                ("gap", NAN),
                ("accuracy_best", "accuracy_best + 0.1"),
                ("accuracy_worst", NAN),
                ("ci_low", "gap + 0.1"),
                ("ci_low", "null"),
                ("ci_high", "1.1"),
                ("ci_high", NAN),
                ("surest_better_group", "surest_worse_group"),
                ("surest_worse_group", "null"),
                ("tau", "tau + 0.1"),
                ("tau", "null"),
                ("shrunken_gap", "gap + 0.1"),
                ("shrunken_gap", "-0.1"),
                ("detectable_gap", "detectable_gap + 0.1"),
                ("detectable_gap", "null"),
            ]
        ),
        without_first("accuracy_gaps"),
    ],
    "prompt_sensitivity_in_range": [
        spoiled("prompt_sensitivity", column, value)
        for column, value in [
            ("n_samples", "null"),
            ("n_samples", "0"),
            ("accuracy_min", "-0.1"),
            ("accuracy_max", "1.1"),
            ("accuracy_spread", "2"),
            ("ensemble_accuracy", NAN),
            ("accuracy_sd", "-0.1"),
            ("chance_spread", "1.1"),
            ("cochran_q", "-1"),
            ("p_value", "2"),
            ("n_paired", "99"),
            ("n_effective", "if(p_value is null, 1, null)"),
        ]
    ],
    "label_noise_by_group_holds": [
        without_first("label_noise_by_group"),
        *(
            spoiled("label_noise_by_group", column, value)
            for column, value in [
                ("n_samples", "n_samples + 1"),
                ("n_suspects", "n_suspects + 1"),
                ("n_suspects", "null"),
                ("n_effective", "n_samples + 1"),
                ("n_effective", "null"),
                ("suspect_share", "suspect_share + 0.1"),
                ("suspect_share", NAN),
                ("ci_low", "1.1"),
                ("ci_low", "-0.1"),
                ("ci_high", "1.1"),
                ("ci_high", "null"),
                ("accuracy", "accuracy / 2 + 0.1"),
                ("accuracy", "null"),
                ("accuracy_low", "-0.1"),
                ("accuracy_low", "null"),
                ("accuracy_high", "1.1"),
                ("accuracy_high", "null"),
                ("accuracy_relabelled", "accuracy_high + 0.1"),
                ("accuracy_relabelled", "null"),
            ]
        ),
        spoiled("relabelled_counts", "n_samples", "n_samples + 1"),
        spoiled("relabelled_counts", "n_suspects", "0", "n_suspects > 0"),
        without_first("relabelled_counts"),
    ],
    "gaps_if_relabelled_hold": [
        without_first("gaps_if_relabelled"),
        *(
            spoiled("gaps_if_relabelled", column, value)
            for column, value in [
                ("n_groups", "n_groups + 1"),
                ("gap", "gap + 0.1"),
                ("gap", "null"),
                ("worst_group", "'another'"),
                ("gap_relabelled", "-0.1"),
                ("gap_relabelled", NAN),
                ("gap_change", "gap_change + 0.1"),
                ("gap_change", "null"),
                ("worst_group_relabelled", "'another'"),
                ("most_suspect_group", "'another'"),
                ("suspect_share_max", "suspect_share_min - 0.1"),
                ("suspect_share_min", "null"),
            ]
        ),
    ],
}
