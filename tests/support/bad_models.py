"""For every invariant of prompts and models: statements, after each of which a view is wrong."""

from __future__ import annotations

from support.spoiling import NAN, replaced, spoiled, without_first


def _spoilt(view: str, *values: tuple[str, str]) -> list[str]:
    return [*(spoiled(view, column, value) for column, value in values), without_first(view)]


BAD_MODELS: dict[str, list[str]] = {
    "kinds_of_datasets_hold": _spoilt("kinds_of_datasets", ("kind", "'another'")),
    "model_sizes_hold": [
        *_spoilt("model_sizes", ("n_parameters", "coalesce(n_parameters, 0) + 1")),
        spoiled("model_sizes", "gflops", "coalesce(gflops, 0) + 1"),
        spoiled(
            "model_sizes", "n_parameters_image", "n_parameters + 1", "n_parameters is not null"
        ),
    ],
    "benchmark_holds": [
        *_spoilt(
            "benchmark",
            ("value", "value + 0.1"),
            ("kind", "'another'"),
            ("model", "''"),
            ("origin", "'elsewhere'"),
            ("place", "place + 1"),
        ),
        spoiled("benchmark", "ci_low", "0.99999", "metric = 'accuracy' and ci_low is not null"),
        spoiled("benchmark", "n_samples", "null", "origin = 'measured'"),
        spoiled("benchmark", "seen", "null", "seen is not null"),
        spoiled("benchmark", "source", "null", "origin = 'published'"),
        spoiled("benchmark", "value", "-2", "metric = 'chance_adjusted_accuracy'"),
        spoiled(
            "benchmark",
            "place",
            "3 - place",
            "model = 'b' and split is null and metric = 'accuracy'",
        ),
    ],
    "board_metric_holds": [
        *_spoilt(
            "board_metric",
            ("metric", "'balanced_accuracy'"),
            ("n_tasks", "n_tasks + 1"),
            ("n_models", "n_models + 1"),
        ),
        replaced("board_metric", "select metric || unnest(['', '!']) as metric, n_tasks, n_models"),
    ],
    "benchmark_means_hold": _spoilt(
        "benchmark_means",
        ("mean", "mean + 0.1"),
        ("n_tasks", "n_tasks + 1"),
        ("n_published", "n_published + 1"),
        ("n_shared", "n_shared + 1"),
        ("mean_shared", "coalesce(mean_shared + 0.1, 0.1)"),
        ("ci_low", "if(ci_low is null, 0.1, null)"),
    ),
    "benchmark_ranks_hold": _spoilt(
        "benchmark_ranks",
        ("mean_rank", "mean_rank + 0.1"),
        ("n_models", "n_models + 1"),
        ("n_tasks", "n_tasks + 1"),
        ("rank_best", "rank_best + 1"),
        ("rank_worst", "rank_worst - 1"),
        ("critical_difference", "0"),
        ("ci_low", NAN),
        ("ci_high", "null"),
    ),
    "right_by_half_holds": _spoilt(
        "right_by_half",
        ("n_judged", "n_judged + 1"),
        ("n_right", "n_right + 1"),
        ("n_judged_first", "-1"),
        ("n_right_first", "n_judged_first + 1"),
    ),
    "k_curves_hold": [
        *_spoilt(
            "k_curves",
            ("k", "k + 100"),
            ("accuracy", "accuracy + 0.5"),
            ("n_samples", "n_samples + 1"),
            ("ci_low", "1.1"),
            ("ci_high", NAN),
            ("n_effective", "n_samples + 1"),
            ("n_effective", "null"),
            ("n_ks", "n_ks + 1"),
            ("model", "''"),
            ("encoder", "null"),
            ("source", "'elsewhere'"),
        ),
        spoiled("k_curves", "classifier", "'another'", "source = 'similarities'"),
        spoiled("k_curves", "classifier", "'another'", "source = 'predictions'"),
        spoiled("k_curves", "accuracy", "accuracy / 2 + 0.1", "source = 'predictions'"),
    ],
    "k_choices_hold": [
        *_spoilt(
            "k_choices",
            ("n_ks", "n_ks + 1"),
            ("n_samples", "n_samples + 1"),
            ("k_max", "100"),
            ("k_min", "100"),
            ("k_better", "100"),
            ("k_worse", "100"),
            ("accuracy_max", "accuracy_max + 0.1"),
            ("accuracy_min", "accuracy_min - 0.1"),
            ("difference", "-0.1"),
            ("p_value", "1.1"),
            ("verdict", "'sure'"),
        ),
        spoiled("k_choices", "k_of_first_half", "100", "held_out_accuracy is not null"),
        spoiled("k_choices", "held_out_accuracy", "1.1", "held_out_accuracy is not null"),
        spoiled("k_choices", "ci_low", "1.1", "held_out_accuracy is not null"),
        spoiled("k_choices", "ci_high", NAN, "held_out_accuracy is not null"),
        spoiled("k_choices", "verdict", "'clear'", "source = 'predictions'"),
        spoiled("k_choices", "p_value", "0.01", "verdict = 'may be chance'"),
    ],
    "prompt_slopes_hold": [
        spoiled("prompt_slopes", column, value)
        for column, value in [
            ("accuracy_single", "accuracy_single + 0.1"),
            ("accuracy_ensemble", "accuracy_ensemble + 0.1"),
            ("n_samples", "n_samples + 1"),
            ("difference", "difference + 0.1"),
            ("ci_low", "difference + 0.1"),
            ("ci_high", NAN),
            ("p_value", "1.1"),
            ("model", "''"),
            ("verdict", "'sure'"),
            ("verdict", "if(verdict = 'better', 'worse', 'better')"),
            ("classifier_single", "classifier_ensemble"),
            ("group_name", "'another'"),
        ]
    ],
    "model_names_hold": [
        *_spoilt(
            "model_names",
            ("short_name", "''"),
            ("short_name", "null"),
            ("attribute", "'other'"),
            ("model", "'another'"),
        ),
        spoiled("model_names", "short_name", "'same'", "true"),
    ],
    "model_figures_hold": [
        *_spoilt(
            "model_figures",
            ("accuracy", "accuracy / 2 + 0.1"),
            ("n_samples", "n_samples + 1"),
            ("coverage", "coverage / 2"),
            ("seen", "'seen it'"),
            ("model", "''"),
            ("place", "0"),
            ("place", "n_rules + 1"),
            ("n_rules", "n_rules + 1"),
            ("place_of_model", "place_of_model + 100"),
        ),
        spoiled("model_figures", "worst_accuracy", "1.1", "worst_accuracy is not null"),
        spoiled("model_figures", "ci_low_worst", "1.1", "worst_accuracy is not null"),
        spoiled("model_figures", "ci_high_worst", "-0.1", "worst_accuracy is not null"),
        spoiled("model_figures", "is_on_front", "true", "true"),
        spoiled("model_figures", "is_on_front", "false", "true"),
    ],
    "sigmoid_probabilities_hold": _spoilt(
        "sigmoid_probabilities",
        ("probability", "1 - probability"),
        ("probability", "probability + 1e-6"),
        ("probability", NAN),
        ("probability", "null"),
        ("logit", "logit + 1"),
        ("text", "null"),
        ("prompt_id", "99"),
    ),
    "model_means_hold": _spoilt(
        "model_means",
        ("accuracy", "accuracy / 2 + 0.1"),
        ("n_samples", "n_samples + 1"),
        ("mean_accuracy", "mean_accuracy + 0.1"),
        ("n_parts", "n_parts + 1"),
        ("n_all_parts", "1"),
        ("classifier", "'another'"),
        ("model", "'another'"),
        ("place", "place + 100"),
    ),
}
