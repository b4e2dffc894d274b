"""The verb of a store that explains scores."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.explanations import Selection
from facestore.config import DEFAULT_WORKERS, EXPLANATIONS_FOLDER, HEADS_FOLDER
from facestore.encoders.open_clip import LazyEncoder
from facestore.errors import InputError
from facestore.explaining import LimeOptions
from facestore.explaining.explain import ExplainSummary, explain
from facestore.explaining.questions import Asked, ExplainOptions
from facestore.records import AnyPath
from facestore.reporting.explanation_page import write_explanations
from facestore.stores import Stores
from facestore.zero_shot.score import model_of


class ExplainingVerbs:
    """Which part of a picture a score comes from."""

    path: Path
    _stores: Stores

    def explain(
        self,
        samples: Sequence[AnyPath | int] = (),
        *,
        prompts: Sequence[str] = (),
        classifier: str | None = None,
        prompt_set: str | None = None,
        class_name: str | None = None,
        against: str | None = None,
        worst: int | None = None,
        dataset: str | None = None,
        split: str | None = None,
        groups: Sequence[str] = (),
        limit: int | None = None,
        method: str | None = None,
        lime: LimeOptions | None = None,
        models: Sequence[str] = (),
        device: str = "auto",
        batch_size: int = 8,
        workers: int = DEFAULT_WORKERS,
        images: AnyPath | None = None,
        heads: AnyPath | None = None,
    ) -> ExplainSummary:
        """Map which part of pictures a score comes from, and keep the maps as rows.

        The same call again changes nothing; after an interruption it goes on where it was.

        Parameters
        ----------
        samples
            DATASET/PATH, a sample_id, an image_id or its first digits, or a file that was
            ingested. None: all that the other choices leave.
        prompts
            Texts whose cosines are explained.
        classifier
            Or a classifier: its prediction, and with `worst` its prediction against the label.
        prompt_set
            Or a prompt set: the mean cosine to its prompts of `class_name`.
        class_name, against
            A class, and the one whose score is taken off; `against` may be a text beside `prompts`.
        worst
            Only so many errors of the classifier, the most confident first.
        dataset, split, groups
            Only samples of these; a group is `race=Black`.
        limit
            At most so many samples, whatever their labels.
        method
            `relevancy`, `gradcam` or `lime`; None: the best that the tower supports.
        lime
            Number of samples and superpixels of LIME, and its seed.
        models
            Encoders; not needed where there is only one, or for a classifier.
        device
            Where the models run.
        batch_size, workers
            Images a pass; threads that read and decode.
        images
            Folder of the pictures; by default those that were ingested.
        heads
            Folder of files of heads; that of the store by default.
        """
        asked = Asked(tuple(prompts), classifier, prompt_set, class_name, against)
        if not samples and not groups and {dataset, split, limit, worst} == {None}:
            message = (
                "All samples of the store would be explained, which takes long: choose some by "
                "name, or by --worst, --group, --dataset, --split or --limit."
            )
            raise InputError(message)
        if worst is not None and limit is not None:
            message = f"--worst {worst} with --limit {limit}: give one number of samples."
            raise InputError(message)
        for name, number in (("--worst", worst), ("--limit", limit), ("--batch-size", batch_size)):
            if number is not None and number < 1:
                message = f"{name} {number}: 1 or more was expected."
                raise InputError(message)
        selection = Selection(
            sample_ids=self._sample_ids(samples) if samples else None,
            dataset=dataset,
            split=split,
            groups=tuple(groups),
            limit=limit,
            worst=worst,
        )
        options = ExplainOptions(
            heads=self.path / HEADS_FOLDER if heads is None else Path(heads),
            method=method,
            lime=lime or LimeOptions(),
            batch_size=batch_size,
            workers=workers,
            images=None if images is None else Path(images),
        )
        chosen_models = self._models(classifier, models, device)
        return explain(self._stores, asked, selection, options, chosen_models)

    def write_explanations(
        self,
        explanation_ids: Sequence[str],
        out: AnyPath | None = None,
        *,
        title: str = "Explanations",
        images: AnyPath | None = None,
    ) -> Path:
        """Write overlays as PNG files and a page that shows them; return the page.

        Parameters
        ----------
        explanation_ids
            As `explain` returns them, or from the table `explanations`.
        out
            The folder; that of the store, `explanations`, by default.
        title
            Stands above the page.
        images
            Folder of the pictures; by default those that were ingested.
        """
        folder = self.path / EXPLANATIONS_FOLDER if out is None else Path(out)
        pictures = None if images is None else Path(images)
        return write_explanations(
            self._stores, folder, title, list(explanation_ids), images=pictures
        )

    def _sample_ids(self, samples: Sequence[AnyPath | int]) -> tuple[int, ...]:
        ids: list[int] = []
        for sample in samples:
            name = str(sample)
            if Path(name).is_file():
                name = hashlib.sha256(Path(name).read_bytes()).hexdigest()
            ids += self._stores.catalog.lookup.find(name).sample_ids
        return tuple(dict.fromkeys(ids))

    def _models(
        self, classifier: str | None, models: Sequence[str], device: str
    ) -> list[tuple[StoredEncoder, LazyEncoder]]:
        encoders = self._stores.catalog.encoders
        if classifier is not None:
            known = self._stores.catalog.predictions.find(classifier)
            own = [e for e in encoders.all() if e.encoder_id == known.record.encoder_id]
            if not own:
                message = (
                    f"Classifier {classifier!r} was imported without its model, so it cannot be "
                    "asked again: explain one that facestore made."
                )
                raise InputError(message)
            named = [(own[0], next(iter(models), None))]
        else:
            named = [(encoders.find(model), model) for model in models]
            named = named or [(encoders.only(), None)]
        return [(each, self._model(each, given, device)) for each, given in named]

    @staticmethod
    def _model(encoder: StoredEncoder, given: str | None, device: str) -> LazyEncoder:
        model = model_of(encoder, given, device)
        if model is None:
            message = (
                f"Encoder {encoder.name!r} was imported, so there is no model to look into: "
                "ingest the images with --model."
            )
            raise InputError(message)
        return model
