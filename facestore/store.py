"""The Python interface: a store, with the same verbs as the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facestore import resources
from facestore.config import (
    DEFAULT_BATCH_SIZE,
    DEFAULT_PRECISION,
    DEFAULT_WORKERS,
    DEMO_FACES_FOLDER,
    REPORTS_FOLDER,
)
from facestore.curation.dedup import dedup, duplicates, export_excluded, undo_dedup
from facestore.curation.split import split
from facestore.demo.demo import run_demo
from facestore.encoders.names import check_pretrained
from facestore.encoders.open_clip import LazyEncoder
from facestore.exporting.export import export
from facestore.importing.embeddings import import_embeddings
from facestore.importing.labels import import_labels
from facestore.importing.predictions import import_predictions
from facestore.importing.published import import_published
from facestore.importing.similarities import import_similarities
from facestore.ingest.ingest import IngestSummary, ingest
from facestore.prompts import read_prompt_file
from facestore.records import AnyPath, ModelName, PromptSet
from facestore.reporting.explanation_page import write_report_page
from facestore.reporting.report import ReportOptions, write_report
from facestore.store_explaining import ExplainingVerbs
from facestore.store_finetuning import FinetuningVerbs
from facestore.store_imports import ImportVerbs
from facestore.store_nearest import NearestVerbs
from facestore.store_training import TrainingVerbs
from facestore.stores import Stores
from facestore.upkeep.check import check
from facestore.upkeep.doctor import doctor, repair
from facestore.upkeep.info import info, overview
from facestore.upkeep.query import execute, rows, sql
from facestore.upkeep.settings import change_setting, migrate, settings
from facestore.upkeep.snapshot import snapshot
from facestore.zero_shot.predict import PredictSummary, predict
from facestore.zero_shot.score import ScoreSummary, model_of, score


class Store(
    Stores,
    ImportVerbs,
    NearestVerbs,
    TrainingVerbs,
    FinetuningVerbs,
    ExplainingVerbs,
):
    """A folder with a DuckDB catalogue and a LanceDB of vectors.

    Use it as a context: ``with Store.open("faces") as store: ...``. Nothing is written before the
    first verb that writes.
    """

    import_labels = import_labels
    import_similarities = import_similarities
    import_predictions = import_predictions
    import_embeddings = import_embeddings
    import_published = import_published

    duplicates = duplicates
    dedup = dedup
    undo_dedup = undo_dedup
    export_excluded = export_excluded
    split = split

    check = check
    export = export
    sql = sql
    rows = rows
    execute = execute

    info = info
    overview = overview
    doctor = doctor
    repair = repair
    snapshot = snapshot
    settings = settings
    set = change_setting
    migrate = migrate

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
