"""For every invariant of findings: statements, after each of which a view is wrong."""

from __future__ import annotations

from support.spoiling import NAN, spoiled, without_first


def _spoilt(view: str, *values: tuple[str, str]) -> list[str]:
    return [*(spoiled(view, column, value) for column, value in values), without_first(view)]


BAD_FINDINGS: dict[str, list[str]] = {
    "main_classifiers_hold": _spoilt(
        "main_classifiers",
        ("classifier", "'another'"),
        ("is_named", "true"),
        ("seen", "'trained'"),
        ("accuracy", "accuracy - 0.1"),
        ("n_samples", "n_samples + 1"),
        ("n_correct", "n_correct - 1"),
        ("coverage", "coverage / 2"),
        ("n_compared", "0"),
    ),
    "classifier_names_hold": [
        *_spoilt(
            "classifier_names",
            ("short_name", "''"),
            ("short_name", "null"),
            ("attribute", "'other'"),
            ("classifier", "'another'"),
        ),
        spoiled("classifier_names", "short_name", "'same'", "true"),
    ],
    "gap_findings_hold": _spoilt(
        "gap_findings",
        ("gap", "gap + 0.1"),
        ("worst_group", "'another'"),
        ("best_group", "'another'"),
        ("accuracy_worst", "accuracy_worst + 0.01"),
        ("accuracy_best", "1.1"),
        ("n_samples_worst", "0"),
        ("ci_low", "ci_low - 0.1"),
        ("ci_high", NAN),
        ("verdict", "if(verdict = 'clear', 'may be chance', 'clear')"),
        ("verdict", "'sure'"),
        ("is_surest", "not is_surest"),
        ("sentence", "if(verdict = 'clear', 'By chance', 'Worst for all')"),
    ),
    "confusion_findings_hold": _spoilt(
        "confusion_findings",
        ("n_samples", "n_samples + 1"),
        ("fraction_right", "1.1"),
        ("fraction_wrong", "1.1"),
        ("wrong_as", "label"),
        ("wrong_as", "if(wrong_as is null, label, null)"),
        ("ci_low", NAN),
        ("ci_high", "1.1"),
        ("verdict", "if(verdict = 'less often', 'clear', 'less often')"),
        ("verdict", "'sure'"),
        ("sentence", "null"),
    ),
    "prompt_or_model_holds": [
        spoiled("prompt_or_model", column, value)
        for column, value in [
            ("main_classifier", "'another'"),
            ("varied", "'weather'"),
            ("n_classifiers", "1"),
            ("n_prompt_sets", "0"),
            ("accuracy_min", "accuracy_min - 0.1"),
            ("accuracy_max", "accuracy_max + 0.1"),
            ("lowest", "'another'"),
            ("spread", "spread + 0.1"),
            ("p_value", "1.1"),
            ("verdict", "'sure'"),
            ("sentence", "if(contains(sentence, 'chance'), 'ranges', 'no more than chance')"),
        ]
    ],
    "worst_group_rivals_hold": _spoilt(
        "worst_group_rivals",
        ("accuracy_rival", "accuracy_rival - 0.1"),
        ("rival", "classifier"),
        ("n_rivals", "0"),
        ("difference", "difference + 0.1"),
        ("ci_low", "difference + 0.1"),
        ("ci_high", "difference - 0.1"),
        ("verdict", "if(verdict = 'none', 'clear', 'none')"),
        ("sentence", "if(contains(sentence, 'chance'), 'better', 'chance')"),
    ),
    "trust_checks_hold": _spoilt(
        "trust_checks",
        ("topic", "'weather'"),
        ("state", "'sure'"),
        ("state", "if(state = 'not checked', 'fine', 'not checked')"),
        ("n", "if(n is null, 0, n + 99)"),
        ("sentence", "''"),
        ("command", "null"),
    ),
    "answers_hold": _spoilt(
        "answers",
        ("accuracy", "accuracy - 0.1"),
        ("n_samples", "0"),
        ("verdict", "'sure'"),
        ("claim", "'right for some'"),
        ("emphasis", "if(emphasis = '', 'much worse', '')"),
        ("detail", "if(contains(detail, 'chance'), '', 'chance')"),
    ),
}
