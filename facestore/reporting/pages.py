"""The pages of the report: one entry each, which lists the queries that it shows.

A table on a page is a query file in `reports/queries/` and its name in the page's list here, in the
order of the page. A page that says more than its tables do has a template of its own,
`reports/pages/NAME.html.j2`; all others share one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facestore.reporting.tables import Table

FIRST_PAGE = "overview"


@dataclass(frozen=True)
class Page:
    """One page of the report.

    Attributes
    ----------
    name
        Of its file, and of its template if it has one; the first page is `index.html`.
    title
        In the navigation, and above the page.
    lead
        What it answers, in one sentence.
    queries
        Names of the query files that it shows, in this order.
    needs
        Of these queries at least one has to have rows, or the page is left out; empty: never.
    why, command
        What is said where it is left out, and the command that would fill it.
    """

    name: str
    title: str
    lead: str
    queries: tuple[str, ...]
    needs: tuple[str, ...] = ()
    why: str = ""
    command: str = ""

    @property
    def file(self) -> str:
        """Name of its file."""
        return "index.html" if self.name == FIRST_PAGE else f"{self.name}.html"

    def is_filled(self, tables: Mapping[str, Table]) -> bool:
        """Whether there is something to show."""
        return not self.needs or any(tables[name].n_rows for name in self.needs)


_PREDICT = "facestore predict --prompt-set age_race_gender_labels_v2 --attribute gender"

PAGES = (
    Page(
        FIRST_PAGE,
        "Overview",
        "How well classifiers tell perceived gender, race and age on face images, and for whom"
        " they fail.",
        ("best_classifiers", "gaps", "warnings", "datasets"),
    ),
    Page(
        "dataset",
        "Dataset",
        "What is in the data: how many samples of whom, in which splits.",
        (
            "datasets", "label_counts", "age_pyramid", "representation", "label_cells",
            "split_chi_square", "split_balance",
        ),
        ("label_counts", "datasets"),
        "There are no samples yet.",
        "facestore ingest FOLDER --labels FILE --model ViT-L-14,laion2b_s32b_b82k",
    ),
    Page(
        "prompts",
        "Prompts",
        "How much of an accuracy is the prompt: single prompts and ensembles, the number of prompts"
        " that count, the wording.",
        (
            "aggregations", "k_sweep", "best_k", "prompt_sensitivity", "wording_accuracy",
            "calibration",
        ),
        ("aggregations", "k_sweep"),
        "No labelled sample has similarities to the prompts of a set.",
        "facestore score age_race_gender_labels_v2",
    ),
    Page(
        "groups",
        "Accuracy by group",
        "For whom the classifiers are right, and for whom they fail.",
        ("groups", "disparity", "group_pairs", "group_cells", "comparisons"),
        ("groups",),
        "No prediction meets a label of its attribute.",
        _PREDICT,
    ),
    Page(
        "classes",
        "Classes",
        "Which classes are taken for which, and how well each of them is found.",
        ("confusion", "classification_report", "class_rates"),
        ("confusion",),
        "No prediction meets a label of its attribute.",
        _PREDICT,
    ),
    Page(
        "ages",
        "Ages",
        "How far predicted ages are from the true ones, in years.",
        (
            "age_errors", "age_tolerance", "age_decades", "age_scatter", "age_error_histogram",
        ),
        ("age_errors",),
        "No classifier predicts ages in years where they are known.",
        "facestore import predictions FILE --dataset NAME --attribute age",
    ),
    Page(
        "models",
        "Models",
        "All classifiers side by side, and beside figures that others published.",
        ("leaderboard", "coverage", "published", "relabelled"),
        ("leaderboard", "published"),
        "No prediction meets a label of its attribute.",
        _PREDICT,
    ),
    Page(
        "duplicates",
        "Duplicates",
        "Pictures that are there more than once, and what they do to the figures.",
        (
            "duplicate_summary", "duplicate_groups", "label_conflicts", "split_leakage",
            "dataset_leakage", "embedding_leakage", "without_duplicates",
        ),
        (
            "duplicate_groups", "label_conflicts", "split_leakage", "dataset_leakage",
            "embedding_leakage", "without_duplicates",
        ),
        "No two files have the same picture, or only labels are known and no pictures.",
        "facestore dedup",
    ),
    Page(
        "errors",
        "Errors",
        "The mistakes in which the classifiers are surest, and labels that may be wrong.",
        ("worst_predictions", "worst_by_group", "suspect_labels"),
        ("worst_predictions", "suspect_labels"),
        "There is no wrong prediction, or no prediction.",
        _PREDICT,
    ),
    Page(
        "training",
        "Training",
        "How the classifiers that were trained here got to their figures.",
        ("training_epochs", "training_sweep"),
        ("training_epochs", "training_sweep"),
        "No classifier was trained here.",
        "facestore train probe --help",
    ),
    Page(
        "provenance",
        "Provenance",
        "What made these figures: models, weights, versions, commands, and every query.",
        ("fingerprint", "encoders", "prompt_sets", "runs"),
    ),
)  # fmt: skip

# What `--diff` adds: its queries read a second store, which is attached as `other`.
DIFF_PAGE = Page(
    "diff",
    "Changes",
    "What changed between another store or snapshot (before) and this one (after).",
    (
        "diff_stores", "diff_contents", "diff_accuracy", "diff_paired", "diff_groups",
        "diff_predictions", "diff_samples", "diff_labels", "diff_duplicates", "diff_leakage",
    ),
)  # fmt: skip

# Queries which every report runs: which classifiers are shown, what is in the store.
ALWAYS = ("best_classifiers", "fingerprint", "datasets")


def page_names() -> list[str]:
    """Return what `--only` takes."""
    return [page.name for page in PAGES]


def queries_of(pages: Iterable[Page]) -> list[str]:
    """Return the names of all queries of some pages, each once."""
    names = [*ALWAYS, *(name for page in pages for name in page.queries)]
    return list(dict.fromkeys(names))
