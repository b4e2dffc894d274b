"""Import a classifier that others trained: published weights become a file of heads."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facestore.config import HEADS_FOLDER
from facestore.errors import InputError
from facestore.locks import only_one
from facestore.records import AnyPath
from facestore.stores import Stores, recorded, versions
from facestore.training.gradients.finetuned import FinetunedFile, load_finetuned, save_finetuned
from facestore.training.gradients.tower import n_parameters
from facestore.training.plan import heads_path, refuse_other_heads
from facestore.training.predictions import unknown_classes
from facestore.training.published.card import PublishedCard, file_digests, read_card
from facestore.training.published.config import CONFIG, PREPROCESSOR, refused


@dataclass(frozen=True)
class ClassifierSummary:
    """What an import of a classifier made.

    Attributes
    ----------
    heads
        The file.
    is_new
        False: the file was there already, made of the same files.
    """

    heads: FinetunedFile
    is_new: bool


def import_classifier(
    store: Stores, path: AnyPath, *, name: str | None = None, out: AnyPath | None = None
) -> ClassifierSummary:
    """Write published weights as a file that `predict_with` takes; the same again does nothing.

    Parameters
    ----------
    store
        The store, whose classes the classifier has to speak of.
    path
        Folder with `config.json` and `model.safetensors`: a CLIP vision tower of transformers
        with the heads `age_head`, `gender_head` and `race_head` (see `docs/finetuning.md`).
    name
        Of the classifier; the folder's by default.
    out
        Folder of the file; that of the store, `heads`, by default.

    Raises
    ------
    InputError
        If the folder has another layout, its labels are none of the store's, or the name belongs
        to other heads.
    """
    store.output(out, HEADS_FOLDER)  # before any work
    source = Path(path)
    digests = file_digests(source)
    name = name or source.resolve().name
    file = heads_path(store, name, out)
    refuse_other_heads(file, name)
    is_new = not file.exists()
    if is_new:
        card = read_card(source)
        _check_classes(store, card)
        with only_one(file.parent, file.stem, command="import classifier"):
            is_new = not file.exists()
            if is_new:
                arguments = {"source": str(source), "classifier": name, "file": str(file)}
                with recorded(store, "import classifier", arguments) as counts:
                    _save(file, card, name)
                    counts["n_heads"] = len(card.heads)
    heads = load_finetuned(file)
    if heads.training.get("source_sha256") != digests:
        message = (
            f"'{file}' holds other heads than those of '{source}': give these another `name=`."
        )
        raise InputError(message)
    return ClassifierSummary(heads, is_new)


def _save(path: Path, card: PublishedCard, name: str) -> None:
    model = card.model()
    facts: Mapping[str, Any] = {
        "source": card.folder.resolve().name,
        "source_sha256": dict(card.files),
        "n_parameters": n_parameters(model.tower.module),
        "preprocessing_from": PREPROCESSOR if PREPROCESSOR in card.files else "CLIP's own",
        "ignored": card.ignored,
        "versions": versions(),
    }
    save_finetuned(
        path,
        model,
        name=name,
        encoder=card.tower.identity(name, card.weights_sha256),
        n_blocks=card.tower.n_blocks,
        training=facts,
        tower=card.tower,
    )


def _check_classes(store: Stores, card: PublishedCard) -> None:
    known = store.catalog.samples.classes()
    for attribute, unknown in unknown_classes(known, card.classes):
        problem = (
            f"it predicts classes of {attribute!r} which the store does not know ({unknown}); the "
            f"store has {', '.join(each.name for each in known.get(attribute, ()))}"
        )
        todo = (
            f"Call them so in id2label of {CONFIG}, in the order of the rows, or import labels "
            "that have them first, with `new_classes=True`."
        )
        raise refused(card.folder, problem, todo)
