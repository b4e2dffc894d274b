"""What a training is to do: on which samples, into which file; and carrying it out, once."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from facestore.catalog.encoders import StoredEncoder
from facestore.config import HEADS_FOLDER
from facestore.errors import InputError
from facestore.locks import only_one
from facestore.names import check_name
from facestore.records import AnyPath
from facestore.stores import Stores, recorded, versions
from facestore.training.cards.write_card import write_card
from facestore.training.classify import Classifier, classify
from facestore.training.described import read_description
from facestore.training.files import HeadsFile
from facestore.training.gradients.finetuned import FinetunedFile
from facestore.training.predictions import ClassifySummary
from facestore.training.samples import (
    NO_VECTOR,
    Choice,
    HasInput,
    TrainingSet,
    choose,
    leaking_samples,
)


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """What every training can be told.

    Attributes
    ----------
    attributes
        One head each.
    force, drop_leaks
        Train on images that are held out elsewhere; or leave them out.
    name
        Of the heads; made up if None.
    data_licence
        Of the training data, as the user states it.
    """

    attributes: tuple[str, ...]
    force: bool = False
    drop_leaks: bool = False
    name: str | None = None
    data_licence: str | None = None

    def __post_init__(self) -> None:
        if not self.attributes or len(set(self.attributes)) < len(self.attributes):
            message = (
                f"`attributes={', '.join(self.attributes) or '(none)'}`: one or more were "
                "expected, each once. Give `attributes=gender`, say."
            )
            raise InputError(message)

    @property
    def numbers(self) -> frozenset[str]:
        """Attributes of which the number is learnt and not the class."""
        return frozenset()

    def decisive(self) -> dict[str, Any]:
        """Return what decides the heads, beside the encoder and the samples."""
        return {"data_licence": self.data_licence}


# Of the name of a file, which has more after it.
_LONGEST = 150

Options = TypeVar("Options", bound=TrainingOptions)


@dataclass(frozen=True)
class TrainingPlan(Generic[Options]):
    """A training that is to be done, or was.

    Attributes
    ----------
    encoder
        The model to begin from, or whose vectors are fitted.
    choice, options
        Which samples, and how.
    sets
        The samples, by attribute.
    name, path
        Of the heads; of their file.
    recipe
        Digest of all that decides the heads, so that nothing is trained twice.
    """

    encoder: StoredEncoder
    choice: Choice
    options: Options
    sets: list[TrainingSet]
    name: str
    path: Path
    recipe: str

    def facts(self, **details: Any) -> dict[str, Any]:
        """Return what the file says of its training; `details` are those of its kind."""
        return {
            **asdict(self.choice),
            **details,
            "leaks": "kept on request" if self.options.force else "none",
            "data_licence": self.options.data_licence,
            "recipe_sha256": self.recipe,
            "versions": versions(),
        }


@dataclass(frozen=True)
class TrainSummary:
    """What one training made.

    Attributes
    ----------
    path, card
        The file of the heads, and the model card beside it.
    heads
        What is in the file.
    is_new
        False: the file was there already, made in the same way.
    predictions
        What was predicted with them.
    """

    path: Path
    card: Path
    heads: HeadsFile | FinetunedFile
    is_new: bool
    predictions: ClassifySummary


def heads_path(store: Stores, name: str, out: AnyPath | None) -> Path:
    """Return where heads of a name are written: into a folder, by default that of the store."""
    check_name("name", name)
    plain = re.sub(r"[^A-Za-z0-9.-]+", "_", name)
    if len(plain) > _LONGEST or not re.search("[A-Za-z0-9]", plain):
        # Of a name in another script nothing would be left that tells it from the next one.
        plain = f"{plain[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return store.output(out, HEADS_FOLDER) / f"{plain}.safetensors"


def refuse_other_heads(path: Path, name: str) -> None:
    """Refuse to write heads where those of another name lie, whatever the case of the letters.

    `a/b` and `a_b` make one file name, and so do `A` and `a` where the file system folds them.

    Parameters
    ----------
    path
        Of the file that is to be written, or read as that of the name.
    name
        Of the heads.

    Raises
    ------
    InputError
        If a file that is there has another name in it.
    """
    if not path.parent.is_dir():
        return
    for file in sorted(path.parent.iterdir()):
        if file.name.casefold() == path.name.casefold():
            found = read_description(file).get("name")
            if found != name:
                message = (
                    f"Heads {name!r} would be written to '{path}', and those of {found!r} are "
                    f"there ('{file.name}'): give these another `name=`."
                )
                raise InputError(message)


def plan_trainings(
    store: Stores,
    encoder: StoredEncoder,
    choice: Choice,
    options: Options,
    *,
    has_input: HasInput,
    name: str,
    out: AnyPath | None,
    without_input: str = NO_VECTOR,
    n_seeds: int = 1,
) -> Iterator[TrainingPlan[Options]]:
    """Choose samples, refuse leaks, and say where the file goes; yield a plan a seed.

    Parameters
    ----------
    encoder, choice, options
        What is trained, on which samples, how.
    has_input
        Says of the keys of samples which images can be learned from.
    name
        Of the heads where the options have none.
    out
        Folder of the files; None: that of the store.
    without_input
        What is said of samples of whose image that cannot be.
    n_seeds
        How many choices of samples, each a file of its own; the first has the seed of `choice`.

    Raises
    ------
    LeakageError
        If images of the split are held out elsewhere.
    InputError
        If there is nothing to train on.
    """
    store.catalog.samples.require_dataset(choice.dataset)
    leaking = leaking_samples(
        store, choice.dataset, choice.split, force=options.force, drop=options.drop_leaks
    )
    for seed in range(choice.seed, choice.seed + n_seeds):
        of_seed = replace(choice, seed=seed)
        sets = choose(
            store,
            options.attributes,
            of_seed,
            has_input=has_input,
            without_input=without_input,
            leaking=leaking,
            numbers=options.numbers,
        )
        of_sets = options.name or name
        if choice.few_shot is not None:
            of_sets += f" {choice.few_shot}-shot seed {seed}"
        decisive = options.decisive() | {
            "encoder": encoder.vectors,
            "samples": {each.attribute: [each.fit.sha256, each.validation.sha256] for each in sets},
            "choice": asdict(of_seed),
        }
        recipe = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()
        path = heads_path(store, of_sets, out)
        yield TrainingPlan(encoder, of_seed, options, sets, of_sets, path, recipe)


def carry_out(
    store: Stores,
    plan: TrainingPlan[Any],
    command: str,
    *,
    arguments: Mapping[str, Any],
    fit: Callable[[], int],
    classifier: Callable[[], Classifier],
) -> TrainSummary:
    """Train unless the file is there, predict the data set, and write the model card.

    Parameters
    ----------
    plan
        What is trained.
    command, arguments
        As the table `runs` has them, beside the samples, the encoder and the file.
    fit
        Trains, writes the file of the plan, and returns how many heads it has.
    classifier
        Reads that file.

    Raises
    ------
    InputError
        If the name belongs to heads that were trained otherwise.
    StoreLockedError
        If another process trains heads of this name.
    """
    # Two at once would write one file, and the classifiers of one would be those of the other.
    with only_one(plan.path.parent, plan.path.stem, command=command):
        refuse_other_heads(plan.path, plan.name)
        is_new = not plan.path.exists()
        if is_new:
            where = {"encoder": plan.encoder.name, "file": str(plan.path)}
            with recorded(store, command, {**asdict(plan.choice), **arguments, **where}) as counts:
                counts["n_heads"] = fit()
    trained = classifier()
    if trained.heads.training.get("recipe_sha256") != plan.recipe:
        message = (
            f"'{plan.path}' holds heads that were trained on other samples or with other options: "
            "give these another `name=`."
        )
        raise InputError(message)
    predictions = classify(store, trained, dataset=plan.choice.dataset)
    card = write_card(store, plan.path, trained.heads)
    return TrainSummary(plan.path, card, trained.heads, is_new, predictions)
