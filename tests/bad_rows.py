"""For every file of sql/audits: what makes a good store bad in just the way that it looks for."""

from __future__ import annotations


def replaced(view: str, select: str = "select * exclude (nth)", where: str = "true") -> str:
    """Return statements after which a view is a query of what it was, its rows numbered `nth`."""
    kept = f"kept_{view}"
    return (
        f"create table {kept} as select *, row_number() over () as nth from (from {view} order by all); "
        f"create or replace view {view} as {select} from {kept} where {where}"
    )


def spoiled(view: str, column: str, value: str, row: str = "nth = 1") -> str:
    """Return statements after which a view has a wrong value in one row."""
    select = f"select * exclude (nth) replace (if({row}, {value}, {column}) as {column})"
    return replaced(view, select)


def without_first(view: str) -> str:
    return replaced(view, where="nth > 1")


NAN = "'nan'::double"

BAD: dict[str, list[str]] = {
    "samples_refer": [
        "update samples set dataset = 'other' where sample_id = 9",
        "update samples set image_id = repeat('0', 64) where sample_id = 9",
        "delete from datasets",
        "delete from images",
    ],
    "samples_say_something": [
        "insert into samples (sample_id, dataset, path) values (99, 'faces', 'x')",
    ],
    "images_are_plausible": [
        "insert into images (image_id) values (repeat('g', 64))",
        "insert into images (image_id) values ('abc')",
        "insert into images (image_id, width, height) values (repeat('a', 64), 0, 1)",
        "insert into images (image_id, width, height) values (repeat('a', 64), 1, -1)",
        "insert into images (image_id, width) values (repeat('a', 64), 1)",
        "insert into images (image_id, n_bytes) values (repeat('a', 64), 0)",
        "insert into images (image_id, phash) values (repeat('a', 64), 1)",
    ],
    "classes_are_ordered": [
        "insert into classes values ('gender', 'Other', 2, null, null)",
        "insert into classes values ('gender', 'Other', 0, null, null)",
        "insert into classes values ('age', 'old', 10, 65, 80)",
        "insert into classes values ('age', 'odd', 10, -1, -5)",
        f"insert into classes values ('age', 'odd', 10, {NAN}, null)",
    ],
    "labels_refer": [
        "insert into labels values (99, 'gender', 'Male', null)",
        "update labels set label = 'male' where sample_id = 1 and attribute = 'gender'",
        "insert into labels values (1, 'mood', 'happy', null)",
    ],
    "labels_fit_their_values": [
        "update labels set value = 19.9 where sample_id = 1 and attribute = 'age'",
        "update labels set value = 30 where sample_id = 1 and attribute = 'age'",
        "update labels set value = 'infinity' where sample_id = 7 and attribute = 'age'",
        "update labels set value = 'nan' where sample_id = 1 and attribute = 'gender'",
        "update labels set label = null where sample_id = 1 and attribute = 'gender'",
    ],
    "encoders_are_plausible": [
        "update encoders set dim = 0 where encoder_id = 1",
        "update encoders set logit_scale = 0 where encoder_id = 1",
        "update encoders set logit_scale = 'nan' where encoder_id = 1",
        "update encoders set source = 'open_clip', dim = 8 where encoder_id = 1",
        "update encoders set source = 'open_clip', weights_sha256 = 'ab' where encoder_id = 1",
    ],
    "prompts_refer": [
        "insert into prompt_set_members values ('set', 99, null)",
        "insert into prompt_set_members values ('other', 1, null)",
        "insert into prompt_classes values ('set', 99, 'gender', 'Male')",
        "update prompt_classes set class = 'male' where prompt_id = 1",
        "insert into prompt_sets values ('empty', null)",
        "insert into prompts values (99, ' ')",
    ],
    "class_text_norms_refer": [
        "insert into class_text_norms values (99, 'set', 'gender', 'Male', 0.5)",
        "insert into class_text_norms values (1, 'other', 'gender', 'Male', 0.5)",
        "insert into class_text_norms values (1, 'set', 'gender', 'Other', 0.5)",
    ],
    "class_text_norms_in_range": [
        f"update class_text_norms set norm = {norm} where class = 'Male'"
        for norm in ("0", "-0.5", "1.1", NAN)
    ],
    "similarities_refer": [
        "insert into similarities values (99, 1, 1, 0.5)",
        "insert into similarities values (1, 99, 1, 0.5)",
        "insert into similarities values (1, 1, 99, 0.5)",
    ],
    "similarities_unique": [
        "insert into similarities from similarities limit 1",
        "insert into similarities select * replace (0.125 as cosine) from similarities limit 1",
    ],
    "similarities_in_range": [
        f"update similarities set cosine = {cosine} where prompt_id = 1 and sample_id = 1"
        for cosine in ("1.01", "-1.01", "21.5", NAN)
    ],
    "classifiers_refer": [
        "update classifiers set encoder_id = 99 where classifier_id = 2",
        "update classifiers set encoder_id = null where classifier_id = 1",
        "update classifiers set prompt_set = 'published' where classifier_id = 1",
        "update classifiers set aggregation = null where classifier_id = 1",
        "update classifiers set aggregation = 'sum' where classifier_id = 1",
        "update classifiers set k = null where classifier_id = 1",
        "update classifiers set k = 0 where classifier_id = 1",
    ],
    "predictions_refer": [
        "insert into predictions values (99, 1, 'Male', null, null, null)",
        "insert into predictions values (1, 99, 'Male', null, null, null)",
        "update predictions set predicted = 'male' where classifier_id = 1 and sample_id = 1",
        "update predictions set predicted = 'Male' where classifier_id = 3 and sample_id = 1",
    ],
    "predictions_unique": [
        "insert into predictions from predictions limit 1",
        "insert into predictions select * replace (9.0 as score) from predictions limit 1",
    ],
    "predictions_are_numbers": [
        "update predictions set score = 'nan' where classifier_id = 1 and sample_id = 1",
        "update predictions set margin = 'nan' where classifier_id = 1 and sample_id = 1",
        "update predictions set value = 'infinity' where classifier_id = 4 and sample_id = 1",
    ],
    "judged_predictions_hold": [
        spoiled("judged_predictions", "label", "null"),
        spoiled("judged_predictions", "predicted", "null"),
        spoiled("judged_predictions", "is_correct", "null"),
        spoiled("judged_predictions", "is_correct", "not is_correct"),
    ],
    "prediction_coverage_adds_up": [
        spoiled("prediction_coverage", "n_judged", "n_judged + 1"),
        spoiled("prediction_coverage", "n_judged", "null"),
        spoiled("prediction_coverage", "n_samples", "n_samples - 1"),
        spoiled("prediction_coverage", "n_labelled", "n_judged - 1"),
        spoiled("prediction_coverage", "n_predicted", "n_judged - 1"),
        spoiled("prediction_coverage", "n_labelled", "n_samples + 1"),
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
            ("n_samples", "null"), ("n_samples", "0"), ("n_groups", "null"),
            ("accuracy_min", "-0.1"), ("accuracy_max", "1.1"), ("accuracy_max", "-1"),
            ("accuracy_mean", NAN), ("accuracy_difference", "2"), ("accuracy_ratio", "1.1"),
            ("mean_minus_min", "-0.1"), ("mean_minus_min", NAN),
        ]
    ],
    "confusion_matrix_adds_up": [
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
            ]
        ),
        without_first("best_k"),
    ],
    "leaderboard_holds": [
        *(
            spoiled("leaderboard", column, value)
            for column, value in [
                ("n_samples", "n_samples - 1"), ("rank", "0"), ("rank", "99"),
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
        ]
    ],
    "worst_predictions_hold": [
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
    "zero_shot_decisions_hold": [
        spoiled("zero_shot_decisions", column, value)
        for column, value in [
            ("predicted", "null"), ("score", "null"), ("score", NAN), ("margin", "-0.1"),
            ("score", "1.1"),
        ]
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
}  # fmt: skip
