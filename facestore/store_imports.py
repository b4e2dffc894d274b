"""The verb of a store that imports published weights."""

from __future__ import annotations

from pathlib import Path

from facestore.config import HEADS_FOLDER
from facestore.records import AnyPath
from facestore.stores import Stores
from facestore.training.published.import_classifier import ClassifierSummary, import_classifier


class ImportVerbs:
    """Classifiers that others published."""

    path: Path
    _stores: Stores

    def import_classifier(
        self, path: AnyPath, *, name: str | None = None, out: AnyPath | None = None
    ) -> ClassifierSummary:
        """Write published weights as a file that `predict_with` takes; the same again does nothing.

        Parameters
        ----------
        path
            Folder with `config.json` and `model.safetensors`: a CLIP vision tower of transformers
            with the heads `age_head`, `gender_head` and `race_head` (see `docs/finetuning.md`).
        name
            Of the classifier; the folder's by default.
        out
            Folder of the file; that of the store, `heads`, by default.
        """
        folder = self.path / HEADS_FOLDER if out is None else Path(out)
        return import_classifier(self._stores, Path(path), folder, name=name)
