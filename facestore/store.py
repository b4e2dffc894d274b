"""The Python interface: a store, with the same verbs as the command line."""

from __future__ import annotations

from pathlib import Path

from facestore.catalog.audit_files import Finding
from facestore.demo.demo import demo
from facestore.explaining.explain import explain
from facestore.ingest.ingest import ingest
from facestore.neighbours.near import near, search
from facestore.neighbours.neighbours import find_neighbours
from facestore.records import AnyPath
from facestore.reporting.explanation_page import write_explanations
from facestore.reporting.gallery_page import write_gallery
from facestore.reporting.headlines import headlines
from facestore.reporting.report import report
from facestore.store_curation import CurationVerbs
from facestore.store_handoff import HandoffVerbs
from facestore.store_imports import ImportVerbs
from facestore.store_sql import SqlVerbs
from facestore.stores import Stores
from facestore.training.classify import predict_with
from facestore.training.gradients.train_ages import train_age
from facestore.training.gradients.train_heads import train_heads
from facestore.training.probes.train_probes import train_probe
from facestore.training.published.import_classifier import import_classifier
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
    HandoffVerbs,
    SqlVerbs,
):
    """A folder with a DuckDB catalogue and a LanceDB of vectors.

    Use it as a context: ``with Store.open("faces") as store: ...``. Nothing is written before the
    first verb that writes.
    """

    ingest = ingest
    train_probe = train_probe
    train_heads = train_heads
    train_age = train_age
    import_classifier = import_classifier
    predict_with = predict_with

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

    report = report
    headlines = headlines
    demo = demo

    def settings(self) -> list[tuple[str, str, str]]:
        """Return the settings of the store: name, value and meaning of each."""
        return self._stores.catalog.settings.all()

    def set(self, name: str, value: int) -> None:
        """Change a setting, which views and reports obey from then on."""
        self._stores.catalog.settings.set(name, value)

    def migrate(self) -> list[str]:
        """Bring the store up to date with this program; return what was applied."""
        return self._stores.catalog.database.update()
