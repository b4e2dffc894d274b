"""For every invariant of explanations: statements after which a view is wrong in its way."""

from __future__ import annotations

from support.spoiling import NAN, replaced, spoiled, without_first

GROUPS = "region_shares_by_group"
GAINS, FAITHFULNESS, PAIRS = "faithfulness_gains", "faithfulness_by_group", "faithfulness_pairs"
MANY = "n_samples = (select max(n_samples) from kept_rows_of_region_shares_by_group)"

BAD_EXPLANATIONS: dict[str, list[str]] = {
    "picture_regions_fill_the_picture": [
        without_first("picture_regions"),
        spoiled("picture_regions", "area", "area + 0.1"),
        spoiled("picture_regions", "area", "1 - area"),
        without_first("grid_regions"),
        spoiled("grid_regions", "part", "part / 2"),
        spoiled("grid_regions", "part", "-part"),
    ],
    "explanation_cells_add_up": [
        without_first("explanation_cells"),
        spoiled("explanation_cells", "relevance", "relevance + 1"),
        spoiled("explanation_cells", "cell_row", "cell_row + 1"),
        replaced(
            "explanation_cells",
            "select * exclude (nth, cell_row, cell_col), cell_col as cell_row, cell_row as cell_col",
        ),
        replaced("explanation_cells", where="sample_id <> 5"),
    ],
    "relevancy_by_region_adds_up": [
        without_first("relevancy_by_region"),
        spoiled("relevancy_by_region", "share", "null", "share > 0"),
        spoiled("relevancy_by_region", "share", "0.5", "share is null"),
        spoiled("relevancy_by_region", "share", "share + 0.1", "share is not null"),
        spoiled("relevancy_by_region", "share", "share - 2", "share is not null"),
        spoiled("relevancy_by_region", "ratio", "ratio + 1", "share is not null"),
        replaced("relevancy_by_region", where="sample_id <> 5"),
    ],
    "region_shares_by_group_hold": [
        without_first(GROUPS),
        spoiled(GROUPS, "n_samples", "null"),
        spoiled(GROUPS, "n_samples", "n_samples + 1", "group_attribute = 'overall'"),
        spoiled(GROUPS, "n_effective", "n_samples + 1"),
        spoiled(GROUPS, "n_effective", "null"),
        spoiled(GROUPS, "n_without", "null"),
        spoiled(GROUPS, "n_without", "-1"),
        spoiled(GROUPS, "n_without", "0", "n_samples = 0"),
        spoiled(GROUPS, "share", "share + 0.1", MANY),
        spoiled(GROUPS, "share", "-share", MANY),
        spoiled(GROUPS, "ratio", "ratio + 0.1", MANY),
        spoiled(GROUPS, "share_sd", NAN, MANY),
        spoiled(GROUPS, "share_sd", "-1", MANY),
        spoiled(GROUPS, "ci_low", "share + 0.1", MANY),
        spoiled(GROUPS, "ci_high", "share - 0.1", MANY),
        spoiled(GROUPS, "ci_high", "null", MANY),
        replaced(
            GROUPS,
            "select * exclude (nth) replace (null::double as ci_low, null::double as ci_high)",
        ),
        spoiled(GROUPS, "ci_low", "share", "n_samples = 1"),
        replaced(GROUPS, where="group_attribute <> 'overall'"),
    ],
    "faithfulness_gains_hold": [
        without_first(GAINS),
        spoiled(GAINS, "gain", "gain + 0.1", "gain is not null and measure = 'deletion'"),
        spoiled(GAINS, "gain", "-gain", "gain is not null and measure = 'insertion'"),
        spoiled(GAINS, "gain", "0", "gain is null"),
        spoiled(GAINS, "gain", "gain / 2", "measure = 'likeness'"),
        spoiled(GAINS, "area", "other_area", "against = 'centre' and measure = 'deletion'"),
        spoiled(GAINS, "sample_id", "sample_id + 1"),
        replaced(GAINS, where="whose = 'trained'"),
        replaced(GAINS, where="sample_id <> 5"),
    ],
    "faithfulness_by_group_holds": [
        replaced(FAITHFULNESS, where="group_attribute <> 'overall'"),
        spoiled(FAITHFULNESS, "n_samples", "n_samples + 1", "group_attribute = 'overall'"),
        spoiled(FAITHFULNESS, "n_without", "n_without + 1", "group_attribute = 'overall'"),
        spoiled(FAITHFULNESS, "n_clusters", "n_samples + 1"),
        spoiled(FAITHFULNESS, "n_clusters", "0", "n_samples > 0"),
        spoiled(FAITHFULNESS, "ci_low", "gain + 0.1", "n_clusters > 1"),
        spoiled(FAITHFULNESS, "ci_high", "gain - 0.1", "n_clusters > 1"),
        spoiled(FAITHFULNESS, "ci_high", "null", "n_clusters > 1"),
        spoiled(FAITHFULNESS, "gain", "gain + 9", "n_clusters > 1"),
        spoiled(FAITHFULNESS, "rank", "rank + 1", "rank = 1"),
        spoiled(FAITHFULNESS, "rank", "1", "measure = 'likeness'"),
        spoiled(FAITHFULNESS, "rank", "null", "rank = 1"),
    ],
    "faithfulness_pairs_hold": [
        spoiled(PAIRS, "difference", "-difference", "abs(difference) > 1e-6"),
        spoiled(PAIRS, "gain_a", "gain_a + 1"),
        spoiled(PAIRS, "ci_low", "difference + 1", "n_clusters > 1"),
        spoiled(PAIRS, "ci_high", "null", "n_clusters > 1"),
        spoiled(PAIRS, "n_clusters", "n_samples + 1"),
        spoiled(PAIRS, "n_samples", "n_samples + 99"),
        spoiled(PAIRS, "measure", "'likeness'"),
        replaced(
            PAIRS,
            "select * exclude (nth) replace (asked_b as asked_a, asked_a as asked_b, "
            "method_b as method_a, method_a as method_b)",
        ),
    ],
}
