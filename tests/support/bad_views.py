"""For every invariant: statements, after each of which a view is wrong in its way."""

from __future__ import annotations

from support.spoiling import NAN, replaced, spoiled, without_first

SCORE_COUNTS = ("wording_counts", "ensemble_counts", "calibration_counts")
BAD_VIEWS: dict[str, list[str]] = {
    "accuracy_by_white_of_samples": [
        replaced("accuracy_by_white", where="attribute <> 'race'"),
        spoiled("accuracy_by_white", "n_correct", "n_correct + 1", "attribute = 'race'"),
        spoiled("accuracy_by_white", "n_samples", "n_samples + 1", "attribute = 'race'"),
    ],
    "accuracy_by_group_of_samples": [
        *(
            spoiled("accuracy_by_group", column, f"{column} + 1")
            for column in ("n_samples", "n_correct", "accuracy", "ci_low", "ci_high")
        ),
        without_first("accuracy_by_group"),
        without_first("sample_groups"),
    ],
    "mid_p_values_hold": [
        spoiled("classifier_comparison", "p_value_mid", "p_value_mid / 2"),
        spoiled("classifier_comparison", "n_only_a", "n_only_a + 1"),
    ],
    "counts_add_up": [
        spoiled("prediction_counts", "n_samples", "n_samples + 1"),
        spoiled("prediction_counts", "n_ties", "n_ties + 1"),
        spoiled("prediction_counts", "predicted", "'Other'"),
        spoiled("prediction_counts", "is_excluded", "not is_excluded"),
        without_first("prediction_counts"),
        spoiled("judged_counts", "n_samples", "n_samples + 1"),
        spoiled("judged_counts", "is_correct", "not is_correct"),
        spoiled("judged_counts", "label", "'Other'"),
        without_first("judged_counts"),
    ],
    "cells_hold": [
        without_first("sample_cells"),
        without_first("cell_counts"),
        spoiled("cell_counts", "n_samples", "n_samples + 1"),
        spoiled("cell_counts", "is_excluded", "not is_excluded"),
        spoiled("cell_counts", "split", "'another'"),
        spoiled("cell_groups", "group_name", "'another'", "group_attribute = 'gender'"),
        replaced("cell_groups", where="group_attribute <> 'overall'"),
        replaced("cell_groups", where="group_attribute <> 'race'"),
        spoiled("sample_cells", "cell", "1"),
        spoiled("sample_cells", "dataset", "'another'"),
        replaced("group_attributes", where="false"),
    ],
    "judged_words_add_up": [
        without_first("judged_words"),
        spoiled("judged_words", "judged", "0"),
        spoiled("judged_words", "is_right", "is_right << 1", "is_right > 0"),
    ],
    "index_certificates_hold": [
        without_first("index_certificates"),
        *(
            spoiled("index_certificates", column, f"{column} + 1")
            for column in ("n_queries", "recall", "recall_at_least", "all_found", "all_found_at_least")
        ),
        spoiled("index_certificates", "recall_at_least", "0"),
        spoiled("index_certificates", "recall_at_least", "recall"),
        spoiled("index_certificates", "worst_dataset_recall", "1"),
        spoiled("index_certificates", "max_rows", "n_rows - 1"),
    ],
    "sample_judgements_hold": [
        without_first("sample_judgements"),
        without_first("wrong_predictions"),
        spoiled("sample_judgements", "is_correct", "not is_correct"),
        spoiled("wrong_predictions", "predicted", "label"),
        spoiled("sample_judgements", "split_number", "split_number + 1"),
        without_first("numbered_splits"),
    ],
    "score_counts_hold": [
        *(without_first(view) for view in SCORE_COUNTS),
        *(spoiled(view, "n_correct", "n_correct + 1") for view in SCORE_COUNTS),
        spoiled("calibration_counts", "sum_confidence", "0"),
        without_first("scored_prompts"),
    ],
    "count_checks_hold": [
        without_first("count_checks"),
        spoiled("count_checks", "is_current", "false"),
        spoiled("count_checks", "dataset", "'another'"),
    ],
    "dataset_sources_hold": [
        replaced("dataset_sources", where="not is_first"),
        spoiled("dataset_sources", "is_first", "true", "not is_first"),
        spoiled("dataset_sources", "source", "'another'", "is_first"),
        spoiled("dataset_sources", "n_runs", "-1"),
        spoiled("dataset_sources", "first_at", "last_at + interval 1 hour", "is_first"),
        spoiled("dataset_sources", "first_at", "null"),
    ],
    "judged_predictions_hold": [
        spoiled("judged_predictions", "label", "null"),
        spoiled("judged_predictions", "predicted", "null"),
        spoiled("judged_predictions", "is_correct", "null"),
        spoiled("judged_predictions", "is_correct", "not is_correct"),
    ],
    "prediction_coverage_adds_up": [
        spoiled("prediction_coverage", "n_samples", "n_samples + 9"),
        spoiled("prediction_coverage", "n_judged", "n_judged + 1"),
        spoiled("prediction_coverage", "n_judged", "null"),
        spoiled("prediction_coverage", "n_samples", "n_samples - 1"),
        spoiled("prediction_coverage", "n_labelled", "n_judged - 1"),
        spoiled("prediction_coverage", "n_predicted", "n_judged - 1"),
        spoiled("prediction_coverage", "n_labelled", "n_samples + 1"),
        spoiled("prediction_coverage", "n_ties", "null"),
        spoiled("prediction_coverage", "n_ties", "n_samples + 1"),
        without_first("prediction_coverage"),
    ],
    "sample_groups_partition": [
        replaced("sample_groups", where="group_attribute <> 'overall' or sample_id > 1"),
        replaced(
            "sample_groups",
            "select 1 as sample_id, 'gender' as group_attribute, 'Other' as group_name "
            "union all select * exclude (nth)",
        ),
    ],
    "accuracy_by_group_adds_up": [
        *(
            replaced("accuracy_by_group", where=f"group_attribute <> '{attribute}'")
            for attribute in ("overall", "gender", "gender x race", "age x gender x race")
        ),
        without_first("accuracy_by_group"),
        spoiled("accuracy_by_group", "n_samples", "n_samples + 1"),
        spoiled("accuracy_by_group", "n_correct", "n_correct - 1"),
        spoiled("accuracy_by_group", "group_attribute", "'gender x mood'"),
    ],
    "accuracy_by_group_in_range": [
        spoiled("accuracy_by_group", column, value)
        for column, value in [
            ("n_samples", "null"), ("n_samples", "0"), ("n_correct", "null"),
            ("n_correct", "n_samples + 1"), ("accuracy", NAN), ("accuracy", "accuracy + 0.1"),
            ("ci_low", "-0.1"), ("ci_low", NAN), ("ci_low", "accuracy + 0.1"),
            ("ci_high", "1.1"), ("ci_high", NAN), ("ci_high", "accuracy - 0.1"),
        ]
    ],
    "accuracy_disparity_in_range": [
        spoiled("accuracy_disparity", column, value)
        for column, value in [
            ("n_samples", "null"), ("n_samples", "0"), ("n_groups", "null"), ("n_groups", "0"),
            ("accuracy_min", "-0.1"), ("accuracy_max", "1.1"), ("accuracy_max", "-1"),
            ("accuracy_mean", NAN), ("accuracy_difference", "2"), ("accuracy_ratio", "1.1"),
            ("mean_minus_min", "-0.1"), ("mean_minus_min", NAN),
        ]
    ],
    "confusion_matrix_adds_up": [
        spoiled("confusion_matrix", "fraction_of_label", "0.4"),
        spoiled("confusion_matrix", "n_samples", "n_samples + 1"),
        spoiled("confusion_matrix", "n_samples", "null"),
        spoiled("confusion_matrix", "fraction_of_label", "1.1"),
        spoiled("confusion_matrix", "fraction_of_label", NAN),
        without_first("confusion_matrix"),
    ],
    "classification_report_adds_up": [
        spoiled("classification_report", column, value)
        for column, value in [
            ("support", "support + 1"), ("support", "null"), ("n_predicted", "n_predicted + 1"),
            ("n_predicted", "null"), ("precision", "1.1"), ("recall", "-0.1"), ("f1", NAN),
            ("ci_low_precision", "precision + 0.1"), ("ci_high_precision", "precision - 0.1"),
            ("ci_low_recall", "recall + 0.1"), ("ci_high_recall", "recall - 0.1"),
        ]
    ],
    "classifier_summary_in_range": [
        spoiled("classifier_summary", column, value)
        for column, value in [
            ("n_samples", "null"), ("n_samples", "0"), ("n_missing", "-1"), ("n_missing", "null"),
            ("accuracy", NAN), ("accuracy", "1.1"), ("ci_low", "accuracy + 0.1"),
            ("ci_high", "accuracy - 0.1"), ("balanced_accuracy", "-0.1"),
            ("macro_precision", "1.1"), ("macro_recall", "1.1"), ("macro_f1", NAN),
            ("weighted_precision", "-0.1"), ("weighted_recall", "1.1"), ("weighted_f1", "1.1"),
            ("chance_adjusted_accuracy", "1.1"), ("chance_adjusted_accuracy", NAN),
            ("coverage", "null"), ("coverage", "coverage / 2"), ("accuracy_at_least", "accuracy + 0.1"),
            ("accuracy_at_least", "accuracy_at_least / 2"), ("ci_low_at_least", "1.1"),
            ("ci_high_at_least", "-0.1"),
        ]
    ],
    "classifier_summary_agrees": [
        without_first("classifier_summary"),
        spoiled("classifier_summary", "n_samples", "n_samples + 1"),
        spoiled("classifier_summary", "accuracy", "accuracy + 0.1"),
        spoiled("prediction_coverage", "n_judged", "n_judged + 1"),
        replaced("accuracy_by_group", where="group_attribute <> 'overall'"),
    ],
    "rates_by_group_in_range": [
        spoiled("rates_by_group", column, value)
        for column, value in [
            ("n_samples", "null"), ("n_samples", "0"), ("n_labelled", "null"),
            ("n_predicted", "n_samples + 1"), ("selection_rate", "1.1"),
            ("true_positive_rate", NAN), ("false_positive_rate", "-0.1"), ("precision", "1.1"),
            ("f1", NAN),
        ]
    ]
    + [
        spoiled("rates_by_group", f"ci_{end}_{rate}", f"{rate} {sign} 0.1", f"{rate} is not null")
        for rate in ("selection_rate", "true_positive_rate", "false_positive_rate")
        for end, sign in (("low", "+"), ("high", "-"))
    ],
    "rates_by_group_add_up": [
        spoiled("rates_by_group", "n_labelled", "n_labelled + 1"),
        spoiled("rates_by_group", "n_predicted", "n_predicted + 1"),
        spoiled("rates_by_group", "group_name", "'elsewhere'"),
    ],
    "classifier_comparison_holds": [
        spoiled("classifier_comparison", column, value)
        for column, value in [
            ("n_samples", "n_samples + 1"), ("n_samples", "null"), ("n_both_right", "-1"),
            ("n_only_a", "n_only_a + 1"), ("n_only_b", "null"), ("accuracy_a", "1.1"),
            ("difference", "difference + 0.1"), ("ci_low", "-1.1"),
            ("ci_low", "difference + 0.1"), ("ci_high", "1.1"), ("ci_high", NAN),
            ("p_value", "1.1"), ("p_value_mid", "-0.1"), ("p_value_holm", NAN),
            ("p_value_holm", "p_value - 0.1"),
        ]
    ],
    "k_sweep_holds": [
        *(
            spoiled("k_sweep", column, value)
            for column, value in [
                ("n_samples", "n_samples - 1"), ("n_samples", "null"), ("k", "7"),
                ("accuracy", "1.1"), ("accuracy", NAN), ("balanced_accuracy", "-0.1"),
                ("ci_low", "accuracy + 0.1"), ("ci_high", NAN),
                ("n_effective", "n_samples + 1"), ("n_effective", "null"),
            ]
        ),
        without_first("k_sweep"),
    ],
    "best_k_agrees": [
        *(
            spoiled("best_k", column, value)
            for column, value in [
                ("n_samples", "n_samples - 1"), ("accuracy", "accuracy - 0.1"),
                ("held_out_accuracy", "1.1"), ("ci_low", "1.1"), ("ci_high", NAN),
                ("n_effective", "n_samples + 1"), ("n_effective", "null"),
            ]
        ),
        without_first("best_k"),
    ],
    "rank_intervals_hold": [
        *(
            spoiled("rank_intervals", column, value)
            for column, value in [
                ("rank", "rank + 1"), ("rank_best", "0"), ("rank_best", "rank + 1"),
                ("rank_worst", "n_ranked + 1"), ("rank_worst", "rank - 1"),
                ("critical_value", "1.9"), ("critical_value", NAN),
            ]
        ),
        without_first("rank_intervals"),
    ],
    "best_classifier_holds": [
        *(
            spoiled("best_classifier", column, value)
            for column, value in [
                ("classifier", "'another'"), ("accuracy", "accuracy - 0.1"), ("n_compared", "0"),
                ("held_out_accuracy", "1.1"), ("ci_low_held_out", "1.1"), ("ci_high_held_out", NAN),
            ]
        ),
        without_first("best_classifier"),
    ],
    "best_wording_holds": [
        *(
            spoiled("best_wording", column, value)
            for column, value in [
                ("wording", "'another'"), ("accuracy", "accuracy - 0.1"), ("n_wordings", "0"),
                ("held_out_accuracy", "1.1"), ("ci_low", "1.1"), ("ci_high", NAN),
                ("n_effective", "n_samples + 1"), ("n_effective", "null"),
            ]
        ),
        without_first("best_wording"),
    ],
    "leaderboard_holds": [
        *(
            spoiled("leaderboard", column, value)
            for column, value in [
                ("n_samples", "n_samples - 1"), ("rank", "0"), ("rank", "99"), ("rank", "null"),
                ("worst_group_accuracy", NAN), ("n_samples_worst", "null"),
            ]
        ),
        without_first("leaderboard"),
    ],
    "age_errors_hold": [
        spoiled("age_errors", column, value)
        for column, value in [
            ("n_samples", "null"), ("n_samples", "0"), ("mae", "-1"), ("mae", NAN),
            ("bias", "mae + 1"), ("within_8_years", "1.1"), ("ci_low", "1.1"), ("ci_high", "-1"),
            ("n_effective", "n_samples + 1"), ("n_effective", "null"),
        ]
    ],
    "age_decade_confusion_holds": [
        *(
            spoiled("age_decade_confusion", column, value)
            for column, value in [
                ("n_samples", "n_samples + 1"), ("n_samples", "null"), ("n_samples", "0"),
                ("fraction_of_decade", "fraction_of_decade / 2"), ("fraction_of_decade", NAN),
            ]
        ),
        without_first("age_decade_confusion"),
    ],
    "worst_predictions_hold": [
        replaced("worst_predictions", where="classifier <> 'a'"),
        without_first("worst_predictions"),
        spoiled("worst_predictions", "rank", "99"),
        spoiled("worst_predictions", "label", "predicted"),
        spoiled("worst_predictions", "split", "'train'"),
    ],
    "label_counts_add_up": [
        without_first("label_counts"),
        spoiled("label_counts", "n_samples", "n_samples + 1"),
        spoiled("label_counts", "fraction", NAN),
    ],
    "label_cells_add_up": [
        without_first("label_cells"),
        spoiled("label_cells", "n_samples", "n_samples + 1"),
        spoiled("label_cells", "fraction", "2"),
    ],
    "zero_shot_topk_agrees": [
        spoiled("k_sweep", "accuracy", "accuracy - 0.1", "k = 2"),
        spoiled("k_sweep", "n_samples", "n_samples - 1", "k = 2"),
        *(
            "create table kept as from zero_shot_topk(2); create or replace macro "
            f"zero_shot_topk(n) as table select * replace ({wrong}) from kept"
            for wrong in ("-0.1 as margin", "'infinity'::double as score", "99 as sample_id")
        ),
    ],
    "sample_labels_complete": [
        without_first("sample_labels"),
        spoiled("sample_labels", "label", "'Other'"),
        spoiled("sample_labels", "taxonomy", "null"),
    ],
    "calibration_bins_hold": [
        spoiled("calibration_bins", column, value)
        for column, value in [
            ("n_samples", "null"), ("n_samples", "0"), ("n_correct", "null"),
            ("n_correct", "n_samples + 1"), ("bin", "0"), ("confidence", "-0.1"),
            ("confidence", NAN), ("accuracy", "accuracy + 0.1"), ("ci_low", "1.1"),
            ("ci_high", "-0.1"), ("n_effective", "n_samples + 1"), ("n_effective", "null"),
        ]
    ],
    "calibration_adds_up": [
        *(
            spoiled("calibration", column, value)
            for column, value in [
                ("n_samples", "null"), ("n_samples", "0"), ("accuracy", "1.1"),
                ("confidence", NAN), ("overconfidence", "overconfidence + 0.1"),
                ("expected_calibration_error", "-0.1"), ("maximum_calibration_error", "1.1"),
                ("maximum_calibration_error", "0"), ("calibration_error_by_chance", "-0.1"),
                ("calibration_error_by_chance", "null"), ("calibration_error_chance_95", "1.1"),
                ("calibration_error_chance_95", "-0.1"), ("n_effective", "n_samples + 1"),
                ("n_effective", "null"), ("ci_low", "1.1"), ("ci_high", "-0.1"),
            ]
        ),
        replaced("calibration", where="group_name <> 'overall'"),
    ],
    "top_n_accuracy_grows": [
        "create table kept as from top_n_accuracy(2); create or replace macro top_n_accuracy(n) "
        f"as table select * replace ({wrong}) from kept"
        for wrong in (
            "n_samples + n as n_samples", "0 as n_samples", "-n as n_correct",
            "1.1 as ci_low", "-0.1 as ci_high", "n_samples + 1 as n_effective",
        )
    ],
    "wording_accuracy_in_range": [
        spoiled("wording_accuracy", column, value)
        for column, value in [
            ("n_samples", "null"), ("n_samples", "0"), ("n_correct", "null"),
            ("n_correct", "n_samples + 1"), ("accuracy", NAN), ("ci_low", "1.1"),
            ("ci_high", "-0.1"), ("n_effective", "n_samples + 1"), ("n_effective", "null"),
        ]
    ],
    "measured_figures_in_range": [
        spoiled("measured_figures", column, value, "ci_low is not null")
        for column, value in [
            ("n_samples", "null"), ("n_samples", "0"), ("value", "1.1"), ("value", NAN),
            ("ci_low", "1.1"), ("ci_high", "-0.1"),
        ]
    ],
    "published_comparison_holds": [
        replaced("published_comparison", where="measured is null"),
        *(
            spoiled("published_comparison", column, value, "ci_low is not null")
            for column, value in [
                ("n_samples", "null"), ("difference", "difference + 0.1"), ("difference", "null"),
                ("is_inside", "not is_inside"),
            ]
        ),
    ],
    "clip_tables_in_range": [
        spoiled(view, column, value)
        for view in ("accuracy_by_white", "clip_table_5")
        for column, value in [
            ("n_samples", "null"), ("n_samples", "0"), ("n_correct", "null"),
            ("n_correct", "n_samples + 1"), ("accuracy", NAN), ("ci_low", "1.1"),
            ("ci_high", "-0.1"),
        ]
    ]
    + [
        spoiled("clip_table_5", column, value)
        for column, value in [("n_races", "0"), ("n_races", "null"), ("n_races_too_small", "-1")]
    ],
    "neighbour_pairs_add_up": [
        without_first("neighbour_pairs"),
        replaced("neighbour_pairs", where="false"),
        spoiled("neighbour_pairs", "cosine", "cosine - 0.1"),
        spoiled("neighbour_pairs", "cosine", NAN),
        spoiled("neighbour_pairs", "sample_a", "sample_b"),
        spoiled("neighbour_pairs", "encoder_id", "99"),
    ],
    "embedding_leakage_holds": [
        without_first("embedding_leakage"),
        spoiled("embedding_leakage", "is_across_datasets", "not is_across_datasets"),
        spoiled("embedding_leakage", "is_across_datasets", "null"),
        spoiled("embedding_leakage", "sample_a", "99"),
    ],
    "suspect_labels_hold": [
        spoiled("suspect_labels", column, value)
        for column, value in [
            ("label", "agreed_class"), ("label", "null"), ("n_agreed", "1"), ("n_agreed", "null"),
            ("n_against", "n_agreed - 1"), ("n_judges", "n_against - 1"), ("n_classifiers", "1"),
            ("n_classifiers_against", "n_classifiers + 1"), ("agreement", "0.5"),
            ("agreement", "agreement - 0.01"), ("agreement", NAN), ("n_neighbours", "null"),
            ("n_neighbours", "-1"), ("n_neighbours", "if(n_neighbours = 0, 1, 0)"),
            ("neighbour_share", "1.1"), ("neighbour_share", NAN), ("rank", "99"), ("rank", "null"),
        ]
    ],
    "accuracy_if_relabelled_holds": [
        without_first("accuracy_if_relabelled"),
        *(
            spoiled("accuracy_if_relabelled", column, value)
            for column, value in [
                ("n_samples", "n_samples + 1"), ("n_samples", "null"), ("n_suspects", "null"),
                ("n_suspects", "n_samples + 1"), ("n_suspects", "-1"),
                ("accuracy", "accuracy_low - 0.01"), ("accuracy", NAN), ("accuracy_low", "-0.1"),
                ("accuracy_low", "accuracy + 0.1"), ("accuracy_high", "1.1"),
                ("accuracy_high", "accuracy - 0.1"), ("accuracy_relabelled", "accuracy_high + 0.1"),
                ("accuracy_relabelled", "null"),
            ]
        ),
        spoiled("accuracy_if_relabelled", "n_suspects", "0", "accuracy_low < accuracy_high"),
    ],
}  # fmt: skip
