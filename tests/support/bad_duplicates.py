"""For every invariant of duplicates, splits and statistics: statements, after each of which a view is wrong."""

from __future__ import annotations

from support.spoiling import NAN, replaced, spoiled, without_first


def respelled(macro: str, arguments: str, *wrong: str) -> list[str]:
    """Return statements after each of which a macro gives other rows, whatever it is asked."""
    return [
        f"create table kept as from {macro}({arguments}); "
        f"create or replace macro {macro}(n) as table {select} from kept"
        for select in wrong
    ]


def each(view: str, *wrong: tuple[str, str]) -> list[str]:
    return [spoiled(view, column, value) for column, value in wrong]


BAD_DUPLICATES: dict[str, list[str]] = {
    "duplicate_pairs_hold": [
        *each(
            "duplicate_pairs",
            ("distance", "distance + 1"), ("distance", "null"), ("sample_id_a", "sample_id_b"),
            ("sample_id_a", "null"), ("is_same_content", "not is_same_content"), ("is_same_content", "null"),
        ),
        replaced("duplicate_pairs", where="not is_same_content"),
        replaced("duplicate_pairs", where="not is_same_content or sample_id_b <> 12"),
        "create table kept as from duplicate_pairs; "
        "create or replace view duplicate_pairs as from kept; "
        "update settings set value = '0' where setting = 'duplicate_distance'",
    ],
    "duplicate_groups_hold": [
        *each(
            "duplicate_groups",
            ("group_id", "image_id || 'x'"), ("group_id", "null"), ("n_images", "n_images + 1"),
            ("n_samples", "n_samples - 1"), ("diameter", "65"), ("diameter", "-1"),
            ("diameter", "0"), ("is_representative", "not is_representative"),
            ("is_representative", "null"),
        ),
        without_first("duplicate_groups"),
        replaced("duplicate_groups", where="false"),
    ],
    "exact_duplicates_add_up": [
        *each(
            "exact_duplicates",
            ("n_samples", "n_samples + 1"), ("n_samples", "null"), ("n_label_conflicts", "-1"),
            ("n_label_conflicts", "null"), ("image_id", "'x'"),
        ),
        without_first("exact_duplicates"),
    ],
    "label_conflicts_hold": each(
        "label_conflicts",
        ("label_a", "label_b"), ("label_b", "null"), ("sample_id_a", "99"), ("years_apart", "0"),
        ("attribute", "'mood'"),
    ),
    "leakage_adds_up": [
        without_first("split_leakage"),
        without_first("dataset_leakage"),
        *each("split_leakage", ("split_a", "split_b"), ("sample_id_a", "99"), ("sample_id_b", "null")),
        *each("dataset_leakage", ("dataset_a", "dataset_b"), ("dataset_b", "null")),
    ],
    "duplicate_exclusions_hold": respelled(
        "duplicate_exclusions",
        "5",
        "select * replace (if(policy = 'keep-one', 'other', policy) as policy)",
        "select * replace (if(sample_id = 2, 1, sample_id) as sample_id)",
        "select * replace (if(kept_sample_id is null, null, 12) as kept_sample_id)",
    ),
    "accuracy_without_duplicates_holds": each(
        "accuracy_without_duplicates",
        ("n_samples_raw", "n_samples_raw + 1"), ("n_removed", "n_removed + 1"), ("n_removed", "null"),
        ("n_samples_dedup", "n_samples_dedup - 1"), ("accuracy_raw", "accuracy_raw + 0.1"),
        ("accuracy_raw", NAN), ("accuracy_dedup", "null"), ("accuracy_dedup", "1.1"),
        ("ci_low_raw", "accuracy_raw + 0.1"), ("ci_high_raw", "accuracy_raw - 0.1"),
        ("ci_low_dedup", NAN), ("ci_high_dedup", "1.1"), ("change", "change + 0.1"),
    ),
    "leaderboard_without_duplicates_holds": each(
        "leaderboard_without_duplicates",
        ("rank_raw", "rank_raw + 1"), ("rank_dedup", "0"), ("rank_dedup", "null"),
        ("accuracy_dedup", "null"), ("ci_low", "1.1"), ("ci_high", "-0.1"),
    ),
    "k_sweep_without_duplicates_holds": each(
        "k_sweep_without_duplicates",
        ("n_samples_raw", "n_samples_raw + 1"), ("n_removed", "n_removed + 1"), ("n_removed", "null"),
        ("accuracy_raw", NAN), ("accuracy_raw", "accuracy_raw + 0.1"), ("accuracy_dedup", "null"),
        ("accuracy_dedup", "1.1"), ("ci_low", "1.1"), ("ci_high", "-0.1"),
    ),
    "split_balance_adds_up": [
        *each(
            "split_balance",
            ("n_samples", "n_samples + 1"), ("n_samples", "null"), ("n_expected", "n_expected + 1"),
            ("n_in_all_splits", "n_in_all_splits + 1"), ("is_too_small", "not is_too_small"),
            ("group_name", "'Other'"),
        ),
        without_first("split_balance"),
    ],
    "leakage_by_split_adds_up": [
        *each(
            "leakage_by_split",
            ("n_samples", "n_samples + 1"), ("n_leaking", "n_samples + 1"), ("n_leaking", "null"),
            ("n_same_content", "n_leaking + 1"), ("n_same_content", "-1"),
            ("leaking_share", "leaking_share + 0.1"), ("leaking_share", NAN), ("leaking_share", "null"),
        ),
        without_first("leakage_by_split"),
    ],
    "split_chi_square_in_range": each(
        "split_chi_square",
        ("n_samples", "0"), ("n_groups", "n_groups + 1"), ("n_splits", "1"), ("chi_square", "-1"),
        ("chi_square", NAN), ("chi_square", "null"), ("degrees_of_freedom", "99"), ("p_value", "1.1"),
        ("p_value", NAN), ("n_expected_below_5", "-1"), ("n_groups_too_small", "99"),
    ),
    "age_pyramid_adds_up": [
        *each("age_pyramid", ("n_samples", "n_samples + 1"), ("fraction", "0.4"), ("fraction", NAN)),
        without_first("age_pyramid"),
    ],
    "age_histogram_adds_up": respelled(
        "age_histogram",
        "5",
        "select * replace (n_samples + 1 as n_samples)",
        "select * replace (fraction / 2 as fraction)",
        "select * replace (-age_from - 1 as age_from)",
    ),
    "representation_holds": [
        *each(
            "representation",
            ("n_samples", "n_samples + 1"), ("n_samples", "null"), ("n_groups", "n_groups + 1"),
            ("fraction", "fraction + 0.1"), ("ratio_to_uniform", NAN), ("ratio_to_largest", "1.1"),
            ("imbalance_ratio", "0.5"),
        ),
    ],
}  # fmt: skip
