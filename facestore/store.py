"""The Python interface: a store, with the same verbs as the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facestore import resources
from facestore.catalog.audit_files import Finding
from facestore.config import (
    DEFAULT_BATCH_SIZE,
    DEFAULT_PRECISION,
    DEFAULT_WORKERS,
    DEMO_FACES_FOLDER,
    REPORTS_FOLDER,
)
from facestore.demo.demo import run_demo
from facestore.encoders.names import check_pretrained
from facestore.encoders.open_clip import LazyEncoder
from facestore.ingest.ingest import IngestSummary, ingest
from facestore.prompts import read_prompt_file
from facestore.records import AnyPath, ModelName, PromptSet
from facestore.reporting.explanation_page import write_report_page
from facestore.reporting.report import ReportOptions, write_report
from facestore.store_curation import CurationVerbs
from facestore.store_explaining import ExplainingVerbs
from facestore.store_finetuning import FinetuningVerbs
from facestore.store_handoff import HandoffVerbs
from facestore.store_imports import ImportVerbs
from facestore.store_nearest import NearestVerbs
from facestore.store_sql import SqlVerbs
from facestore.store_training import TrainingVerbs
from facestore.stores import Stores
from facestore.upkeep.doctor import examine, repair
from facestore.upkeep.info import Overview, contents, overview
from facestore.upkeep.snapshot import SnapshotSummary, snapshot_file, snapshot_store
from facestore.zero_shot.predict import PredictSummary, predict
from facestore.zero_shot.score import ScoreSummary, model_of, score


class Store(
    Stores,
    ImportVerbs,
    CurationVerbs,
    NearestVerbs,
    TrainingVerbs,
    FinetuningVerbs,
    ExplainingVerbs,
    HandoffVerbs,
    SqlVerbs,
):
    """A folder with a DuckDB catalogue and a LanceDB of vectors.

    Use it as a context: ``with Store.open("faces") as store: ...``. Nothing is written before the
    first verb that writes.
    """

    def ingest(
        self,
        source: AnyPath,
        *,
        dataset: str | None = None,
        split: str | None = None,
        labels: AnyPath | None = None,
        layout: str = "auto",
        models: Sequence[str] = (),
        pretrained: str | None = None,
        precision: str = DEFAULT_PRECISION,
        device: str = "auto",
        batch_size: int = DEFAULT_BATCH_SIZE,
        workers: int = DEFAULT_WORKERS,
        force_quick_gelu: bool = False,
        fast_resize: bool = False,
        attributes: Sequence[str] = (),
        new_classes: bool = False,
        follow_links: bool = False,
    ) -> IngestSummary:
        """Bring images into the store and encode what is not encoded yet.

        Parameters
        ----------
        source
            A folder, .tar, .parquet, table of paths or URIs, or pattern of tars; its name is the
            data set's unless `dataset` is given.
        split
            Split of all files.
        labels
            Label table with a column `file`, matched by the longest common tail of the path.
        layout
            `auto`, or one of `facestore.ingest.layouts.LAYOUTS`.
        models
            `ViT-L-14,openai`, `open_clip:ViT-L-14/openai`, `hf-hub:org/name`, `tiny` ...
        pretrained
            Weights of the models that name none: a tag of open_clip or a checkpoint file.
        precision, device
            As open_clip names them; `auto` takes a GPU where there is one.
        batch_size, workers
            Images a forward pass; threads that read and decode.
        force_quick_gelu
            For a checkpoint that was trained with QuickGELU.
        fast_resize
            Have torchvision resize pictures, not Pillow: faster, and another encoder.
        attributes, new_classes
            Further columns to read as labels, and whether labels may be new classes.
        follow_links
            Whether links out of the folder are followed.
        """
        check_pretrained(models, pretrained)
        encoders = [
            LazyEncoder(
                ModelName.parse(model, pretrained),
                precision=precision,
                device=device,
                force_quick_gelu=force_quick_gelu,
                fast_resize=fast_resize,
                notify=self.notify,
            )
            for model in models
        ]
        return ingest(
            self._stores,
            Path(source),
            dataset=dataset,
            split=split,
            labels=None if labels is None else Path(labels),
            layout=layout,
            encoders=encoders,
            batch_size=batch_size,
            workers=workers,
            attributes=attributes,
            allow_new_classes=new_classes,
            follow_links=follow_links,
        )

    def prompt_sets(self) -> list[PromptSet]:
        """Return all prompt sets."""
        prompts = self._stores.catalog.prompts
        return [prompts.get(name) for name in prompts.names()]

    def prompt_set(self, name: str) -> PromptSet:
        """Return one prompt set."""
        return self._stores.catalog.prompts.get(name)

    def add_prompts(
        self, path: AnyPath, *, name: str | None = None, attributes: Sequence[str] = ()
    ) -> PromptSet:
        """Add the prompt set of a YAML or JSON file; every prompt names a class of `attributes`."""
        prompt_set = read_prompt_file(Path(path), name=name, attributes=attributes)
        self._stores.catalog.prompts.add(prompt_set)
        return prompt_set

    def score(
        self,
        prompt_set: str,
        *,
        model: str | None = None,
        dataset: str | None = None,
        device: str = "auto",
    ) -> ScoreSummary:
        """Write the similarities between a prompt set and the images of an encoder.

        Parameters
        ----------
        prompt_set
            Name of the set.
        model
            The encoder, by name or as `ingest` takes it; not needed where there is only one. A
            local checkpoint is given with its path.
        dataset
            Only samples of this data set.
        device
            Where the model runs for prompts that are new.
        """
        encoders = self._stores.catalog.encoders
        encoder = encoders.find(model) if model else encoders.only()
        lazy = model_of(encoder, model, device)
        return score(self._stores, prompt_set, encoder=encoder, model=lazy, dataset=dataset)

    def predict(
        self,
        *,
        attribute: str,
        prompt_set: str,
        aggregation: str = "sum",
        k: int | None = None,
        model: str | None = None,
        dataset: str | None = None,
        name: str | None = None,
    ) -> PredictSummary:
        """Write a zero-shot classifier's predictions from similarities that are there."""
        encoders = self._stores.catalog.encoders
        return predict(
            self._stores,
            encoder=encoders.find(model) if model else encoders.only(),
            prompt_set=prompt_set,
            attribute=attribute,
            aggregation=aggregation,
            k=k,
            dataset=dataset,
            name=name,
        )

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
        return self._stores.catalog.database.update(compare=True)
