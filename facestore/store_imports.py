"""The verbs of a store that import what others computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from facestore.importing import imports
from facestore.importing.import_published import PublishedSummary, import_published
from facestore.importing.imports import ImportSummary, TextSource
from facestore.importing.similarities import DEFAULT_SCALE
from facestore.importing.targets import Target
from facestore.records import AnyPath, ModelName
from facestore.stores import Stores


class ImportVerbs:
    """Labels, similarities, predictions, vectors, published figures, classifiers: whole or not."""

    path: Path
    _stores: Stores

    def import_labels(
        self,
        path: AnyPath,
        *,
        dataset: str,
        split: str | None = None,
        create_samples: bool = False,
        attributes: Sequence[str] = (),
        new_classes: bool = False,
    ) -> ImportSummary:
        """Import a label table."""
        return imports.import_labels(
            self._stores,
            Path(path),
            Target(dataset, split, create_samples),
            attributes=attributes,
            allow_new_classes=new_classes,
        )

    def import_similarities(
        self,
        path: AnyPath,
        *,
        dataset: str,
        model: str,
        split: str | None = None,
        create_samples: bool = False,
        scale: float = DEFAULT_SCALE,
    ) -> ImportSummary:
        """Import similarities, `{file: {prompt: scale x cosine}}` as JSON."""
        target = Target(dataset, split, create_samples)
        name = ModelName.parse(model)
        return imports.import_similarities(
            self._stores, Path(path), target, model=name, scale=scale
        )

    def import_predictions(
        self,
        path: AnyPath,
        *,
        dataset: str,
        split: str | None = None,
        create_samples: bool = False,
        column: str = "predicted",
        attribute: str | None = None,
        classifier: str | None = None,
    ) -> ImportSummary:
        """Import the predictions of one or many classifiers, CSV or Parquet."""
        return imports.import_predictions(
            self._stores,
            Path(path),
            Target(dataset, split, create_samples),
            column=column,
            attribute=attribute,
            classifier=classifier,
        )

    def import_embeddings(
        self,
        path: AnyPath,
        *,
        dataset: str,
        model: str,
        split: str | None = None,
        create_samples: bool = False,
        names_key: str | None = None,
        vectors_key: str | None = None,
        metadata: AnyPath | None = None,
        text: TextSource | None = None,
        logit_scale: float | None = None,
    ) -> ImportSummary:
        """Import image vectors, and text vectors beside them: .npz, .npy or Parquet."""
        return imports.import_embeddings(
            self._stores,
            Path(path),
            Target(dataset, split, create_samples),
            model=ModelName.parse(model),
            names_key=names_key,
            vectors_key=vectors_key,
            metadata=None if metadata is None else Path(metadata),
            text=text,
            logit_scale=logit_scale,
        )

    def import_published(
        self,
        path: AnyPath,
        *,
        dataset: str | None = None,
        attribute: str | None = None,
        model: str | None = None,
        columns: Mapping[str, str] | None = None,
        **described: str | int | None,
    ) -> PublishedSummary:
        """Import figures that others published; they replace those of the same source.

        Parameters
        ----------
        path
            CSV or Parquet: a figure a row (`group_attribute`, `group_name`, `metric`, `value`), or
            a column for each (`accuracy`, names of classes).
        dataset, attribute, model
            What the figures are about, where no column says it; the model as
            `ARCHITECTURE[,PRETRAINED]`.
        columns
            Name in the table -> name of the column that it is.
        **described
            `source`, `split`, `taxonomy`, `prompt_set`, `aggregation`, `k`, `classifier`.
        """
        name = ModelName.parse(model) if model else None
        constants = {
            "dataset": dataset,
            "attribute": attribute,
            "architecture": name.architecture if name else None,
            "pretrained": name.pretrained if name else None,
            **described,
        }
        return import_published(
            self._stores, Path(path), constants=constants, renamed=columns or {}
        )
