"""The Python interface: a store, with the same verbs as the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facestore import resources
from facestore.catalog.audit_files import Finding
from facestore.config import (
    DEMO_FACES_FOLDER,
    REPORTS_FOLDER,
)
from facestore.demo.demo import run_demo
from facestore.explaining.explain import explain
from facestore.ingest.ingest import ingest
from facestore.neighbours.near import near, search
from facestore.neighbours.neighbours import find_neighbours
from facestore.records import AnyPath
from facestore.reporting.explanation_page import write_explanations, write_report_page
from facestore.reporting.gallery_page import write_gallery
from facestore.reporting.report import ReportOptions, write_report
from facestore.store_curation import CurationVerbs
from facestore.store_finetuning import FinetuningVerbs
from facestore.store_handoff import HandoffVerbs
from facestore.store_imports import ImportVerbs
from facestore.store_sql import SqlVerbs
from facestore.store_training import TrainingVerbs
from facestore.stores import Stores
from facestore.upkeep.doctor import examine, repair
from facestore.upkeep.info import Overview, contents, overview
from facestore.upkeep.snapshot import SnapshotSummary, snapshot_file, snapshot_store
from facestore.zero_shot.predict import predict
from facestore.zero_shot.prompt_sets import add_prompts, prompt_set, prompt_sets
from facestore.zero_shot.score import score


class Store(
    Stores,
    ImportVerbs,
    CurationVerbs,
    TrainingVerbs,
    FinetuningVerbs,
    HandoffVerbs,
    SqlVerbs,
):
    """A folder with a DuckDB catalogue and a LanceDB of vectors.

    Use it as a context: ``with Store.open("faces") as store: ...``. Nothing is written before the
    first verb that writes.
    """

    ingest = ingest

    prompt_sets = prompt_sets
    prompt_set = prompt_set
    add_prompts = add_prompts
    score = score
    predict = predict
    find_neighbours = find_neighbours
    near = near
    search = search
    write_gallery = write_gallery
    explain = explain
    write_explanations = write_explanations

    def info(self) -> list[tuple[str, str, int, str]]:
        """Return what is in the store: kind, name, number and details of each part."""
        return contents(self._stores, self.path)

    def overview(self) -> Overview:
        """Return what is in the store, what to look at and what to do next, for people."""
        return overview(self._stores, self.path)

    def doctor(self, name: str | None = None, *, n_examples: int = 5) -> list[Finding]:
        """Check that the store is as it must be; nothing is written.

        Parameters
        ----------
        name
            One audit, or a table or view: all audits of it. None: all.
        n_examples
            How many bad rows of each audit are kept.

        Returns
        -------
        list of Finding
            One an audit; its `status` is `ok`, `note` (worth knowing) or `failed`.
        """
        return examine(self._stores, name, n_examples)

    def repair(self) -> dict[str, int]:
        """Delete exact repeats and rows that nothing reads; return how many, by what they were."""
        return repair(self._stores)

    def snapshot(self, target: AnyPath, *, vectors: bool = False) -> SnapshotSummary:
        """Publish a copy of the tables and views, or of the whole store, while others write.

        Parameters
        ----------
        target
            A DuckDB file, which is replaced if it is there.
        vectors
            Copy the vectors, too: the target is the new folder of a store then.
        """
        copy = snapshot_store if vectors else snapshot_file
        return copy(self._stores, Path(target))

    def demo(self) -> Path:
        """Run the whole job on synthetic faces with the bundled tiny CLIP; return the report."""
        run_demo(self._stores, self.path / DEMO_FACES_FOLDER)
        return self.report()

    def headlines(self) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the columns and rows of the shortest account of all classifiers."""
        query = resources.folder("reports") / "queries" / "headlines.sql"
        whole = self.sql(query.read_text(encoding="utf-8"))
        relation = whole.project("classifier, n_samples as n, accuracy, ci_low, ci_high")
        return relation.columns, relation.fetchall()

    def report(
        self,
        out: AnyPath | None = None,
        *,
        only: Sequence[str] = (),
        classifiers: Sequence[str] = (),
        images: bool = False,
        format: str = "html",
        diff: AnyPath | None = None,
    ) -> Path:
        """Write the report, by default into the store; return its first page.

        Parameters
        ----------
        out
            Folder to write to.
        only
            Names of pages; empty: all.
        classifiers
            Names of classifiers to limit tables and charts to; empty: all, with charts of the best.
        images
            Whether pages show thumbnails of mistakes and duplicates.
        format
            `html`; or `json` or `csv`: the same numbers for machines.
        diff
            The folder of another store, or a DuckDB file such as a snapshot: a page says what
            changed since.

        Raises
        ------
        UnknownNameError
            If a page, a classifier or a format is not known.
        OtherStoreError
            If `diff` is no store, or one of another version.
        """
        folder = self.path / REPORTS_FOLDER if out is None else Path(out)
        other = None if diff is None else Path(diff)
        options = ReportOptions(only, classifiers, images, format, other)
        explanations = write_report_page(self._stores, folder) if format == "html" else None
        more = [(explanations.name, "Explanations")] if explanations else []
        return write_report(self._stores, folder, options, more)

    def settings(self) -> list[tuple[str, str, str]]:
        """Return the settings of the store: name, value and meaning of each."""
        return self._stores.catalog.settings.all()

    def set(self, name: str, value: int) -> None:
        """Change a setting, which views and reports obey from then on."""
        self._stores.catalog.settings.set(name, value)

    def migrate(self) -> list[str]:
        """Bring the store up to date with this program; return what was applied."""
        return self._stores.catalog.database.update()
