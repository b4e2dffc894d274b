"""For every invariant of the room sql/annotations: statements, after each of which a view is wrong."""

from __future__ import annotations

from support.spoiling import NAN, spoiled, without_first

BAD_ANNOTATIONS: dict[str, list[str]] = {
    "annotation_consensus_holds": [
        without_first("annotation_consensus"),
        *(
            spoiled("annotation_consensus", column, value, row)
            for column, value, row in [
                ("label", "'Other'", "nth = 1"),
                ("label", "'Other'", "is_tie"),
                ("label", "null", "not is_tie"),
                ("n_annotations", "n_annotations + 1", "nth = 1"),
                ("n_agreed", "n_agreed + 1", "nth = 1"),
                ("n_classes", "n_classes + 1", "nth = 1"),
                ("agreement", "agreement / 2", "nth = 1"),
                ("is_tie", "not is_tie", "nth = 1"),
                ("is_unanimous", "not is_unanimous", "nth = 1"),
                ("is_unanimous", "true", "n_annotations = 1"),
                ("agreement_kind", "'another'", "nth = 1"),
            ]
        ),
    ],
    "annotator_agreement_holds": [
        without_first("annotator_agreement"),
        *(
            spoiled("annotator_agreement", column, value, row)
            for column, value, row in [
                ("n_samples", "n_samples + 1", "nth = 1"),
                ("n_single", "n_single + 1", "nth = 1"),
                ("n_effective", "n_samples + 1", "nth = 1"),
                ("n_effective", "null", "nth = 1"),
                ("n_unanimous", "n_unanimous + 1", "nth = 1"),
                ("n_annotations", "0", "n_samples > 0"),
                ("pairwise_agreement", "pairwise_agreement / 2", "pairwise_agreement > 0"),
                ("pairwise_agreement", "null", "true"),
                ("pairwise_agreement", NAN, "n_samples > 0"),
                ("ci_low", "pairwise_agreement + 0.1", "true"),
                ("ci_low", "null", "true"),
                ("ci_high", "1.1", "true"),
                ("ci_high", "null", "true"),
                ("alpha_nominal", "alpha_nominal - 0.1", "true"),
                ("alpha_nominal", "null", "true"),
                ("alpha_nominal", "0.5", "alpha_nominal is null"),
                ("alpha_nominal", NAN, "true"),
                ("alpha_ordinal", "1.1", "alpha_ordinal is not null"),
                ("alpha_ordinal", "null", "true"),
                ("alpha_ordinal", "0.5", "alpha_ordinal is null"),
                ("alpha_ordinal", NAN, "true"),
            ]
        ),
    ],
    "accuracy_by_agreement_holds": [
        without_first("accuracy_by_agreement"),
        *(
            spoiled("accuracy_by_agreement", column, value, row)
            for column, value, row in [
                ("n_samples", "n_samples + 1", "nth = 1"),
                ("n_ties", "n_ties + 1", "nth = 1"),
                ("n_judged", "n_judged + 1", "nth = 1"),
                ("n_correct", "n_correct + 1", "nth = 1"),
                ("n_correct", "n_judged + 1", "agreement_kind = 'all'"),
                ("n_effective", "n_judged + 1", "nth = 1"),
                ("n_effective", "null", "nth = 1"),
                ("agreement_kind", "'another'", "nth = 1"),
                ("accuracy", "accuracy / 2 + 0.1", "accuracy > 0"),
                ("accuracy", "null", "true"),
                ("ci_low", "accuracy + 0.1", "true"),
                ("ci_low", "null", "true"),
                ("ci_high", "1.1", "true"),
                ("ci_high", "null", "true"),
                ("drawn_accuracy", "drawn_accuracy_max + 0.1", "true"),
                ("drawn_accuracy", "null", "true"),
                ("drawn_accuracy_max", "1.1", "true"),
                ("drawn_accuracy_max", "null", "true"),
                ("ci_low_drawn", "drawn_accuracy + 0.1", "true"),
                ("ci_low_drawn", "null", "true"),
                ("ci_high_drawn", "1.1", "true"),
                ("ci_high_drawn", "null", "true"),
                ("drawn_accuracy", "drawn_accuracy / 2 + 0.1", "agreement_kind = 'unanimous'"),
            ]
        ),
    ],
}
