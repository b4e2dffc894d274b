"""Explain: which part of each picture moved a score, kept as rows; what is there is left alone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.explanations import Selection
from facestore.config import DEFAULT_WORKERS
from facestore.encoders.encoder import LazyEncoder
from facestore.errors import InputError, ParametersError, counted, preview
from facestore.explaining.explainer import LimeOptions
from facestore.explaining.questions import ExplainOptions, Run, Sample, TargetChoice
from facestore.files import sha256_of
from facestore.records import AnyPath, ImageFile
from facestore.stores import Stores, folder_of_pictures, recorded
from facestore.training.classify_images import image_files
from facestore.zero_shot.score import model_of


@dataclass(frozen=True)
class ExplainSummary:
    """What explaining did.

    Attributes
    ----------
    explanation_ids
        Of all that was asked, also what was there before, in the order of the samples.
    n_new
        Explanations that were made.
    skipped
        (sample, reason) of those that could not be explained.
    """

    explanation_ids: tuple[str, ...]
    n_new: int
    skipped: tuple[tuple[str, str], ...]


def explain(
    store: Stores,
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

    Raises
    ------
    ParametersError
        If it is not clear what to explain, or of which samples.
    InputError
        If no sample fits, or no picture of them is at hand.
    """
    target = TargetChoice(tuple(prompts), classifier, prompt_set, class_name, against)
    _check_numbers(worst=worst, limit=limit, batch_size=batch_size)
    if worst is not None and limit is not None:
        message = f"`worst={worst}` with `limit={limit}`: give one number of samples."
        raise ParametersError(message)
    if worst is not None and classifier is None:
        message = f"`worst={worst}`: errors of a classifier, which `classifier=` has to name."
        raise ParametersError(message)
    if not samples and not groups and {dataset, split, limit, worst} == {None}:
        message = (
            "All samples of the store would be explained, which takes long: choose some by name, "
            "or by `worst=`, `groups=`, `dataset=`, `split=` or `limit=`."
        )
        raise ParametersError(message)
    selection = Selection(
        sample_ids=_sample_ids(store, samples) if samples else None,
        dataset=dataset,
        split=split,
        groups=tuple(groups),
        limit=limit,
        worst=worst,
    )
    options = ExplainOptions(
        heads=store.heads_folder(heads),
        method=method,
        lime=lime or LimeOptions(),
        batch_size=batch_size,
        workers=workers,
        images=None if images is None else Path(images),
    )
    return _explain(store, target, selection, options, _models(store, classifier, models, device))


def _check_numbers(**given: int | None) -> None:
    for name, number in given.items():
        if number is not None and number < 1:
            message = f"`{name}={number}`: 1 or more was expected."
            raise InputError(message)


def _sample_ids(store: Stores, samples: Sequence[AnyPath | int]) -> tuple[int, ...]:
    ids: list[int] = []
    for sample in samples:
        name = str(sample)
        if Path(name).is_file():
            name = sha256_of(Path(name))
        ids += store.catalog.lookup.find(name).sample_ids
    return tuple(dict.fromkeys(ids))


def _models(
    store: Stores, classifier: str | None, models: Sequence[str], device: str
) -> list[tuple[StoredEncoder, LazyEncoder]]:
    """Return the encoders to ask, each with its model: those named, or that of the classifier."""
    encoders = store.catalog.encoders
    named: list[tuple[StoredEncoder, str | None]]
    if classifier is not None:
        known = store.catalog.predictions.find(classifier)
        own = [each for each in encoders.all() if each.encoder_id == known.record.encoder_id]
        if not own:
            message = (
                f"Classifier {classifier!r} was imported without its model, so it cannot be asked "
                "again: explain one that facestore made."
            )
            raise InputError(message)
        named = [(own[0], next(iter(models), None))]
    else:
        named = [(encoders.find(model), model) for model in models] or [(encoders.only(), None)]
    return [(encoder, _model(encoder, given, device)) for encoder, given in named]


def _model(encoder: StoredEncoder, given: str | None, device: str) -> LazyEncoder:
    model = model_of(encoder, given, device)
    if model is None:
        message = (
            f"Encoder {encoder.name!r} was imported, so there is no model to look into: ingest "
            "the images with `models=`."
        )
        raise InputError(message)
    return model


def _explain(
    store: Stores,
    target: TargetChoice,
    selection: Selection,
    options: ExplainOptions,
    models: Sequence[tuple[StoredEncoder, LazyEncoder]],
) -> ExplainSummary:
    """Make and keep the explanations that are not there yet."""
    samples, files, missing = _samples(store, target, selection, options)
    arguments = {"asked": asdict(target), "selection": asdict(selection), "method": options.method}
    ids: list[str] = []
    n_new, skipped = 0, list(missing)
    with recorded(store, "explain", arguments) as counts:
        for encoder, model in models:
            store.catalog.encoders.register(model.load().record)
            run = Run(store, encoder, model, target, options, selection.worst is not None)
            questions = run.questions(samples, skipped)
            known = store.catalog.explanations.known([each.explanation_id for each in questions])
            pending = [each for each in questions if each.explanation_id not in known]
            failed: set[str] = set()
            title = f"Explaining ({run.explainer.method})"
            with store.progress.task(title, len(pending)) as task:
                for batch in run.batches(pending):
                    rows = run.rows(batch, files, skipped, failed)
                    n_new += store.catalog.explanations.add(rows)
                    counts["n_explanations"] = n_new
                    counts["n_skipped"] = len(skipped)
                    task.advance(len(batch))
            ids += [each.explanation_id for each in questions if each.explanation_id not in failed]
    if not ids:
        name, reason = skipped[0]
        message = (
            f"None of {counted(len(samples), 'sample')} could be explained ({name}: {reason})."
        )
        raise InputError(message)
    return ExplainSummary(tuple(ids), n_new, tuple(dict.fromkeys(skipped)))


def _samples(
    store: Stores, target: TargetChoice, selection: Selection, options: ExplainOptions
) -> tuple[list[Sample], dict[str, ImageFile], list[tuple[str, str]]]:
    """Return samples that have a picture, files by image_id, and samples that have none."""
    if selection.dataset is not None:
        store.catalog.samples.require_dataset(selection.dataset)
    found = store.catalog.explanations.candidates(selection, target.classifier)
    if found.is_empty():
        what = f"error of {target.classifier!r}" if selection.worst is not None else "sample"
        message = f"No {what} with a readable picture fits: choose others, or ingest them first."
        raise InputError(message)
    folder = None if options.images is None else folder_of_pictures(options.images)
    files = image_files(store, folder, set(found["image_id"]))
    samples: list[Sample] = []
    missing: list[tuple[str, str]] = []
    for sample in found.iter_rows(named=True):
        if not _can_be_read(files.get(sample["image_id"])):
            missing.append((f"{sample['dataset']}/{sample['path']}", "no picture at hand"))
        else:
            samples.append(sample)
    if missing and (selection.sample_ids is not None or not samples):
        message = (
            f"The pictures of {len(missing):,} of {counted(len(found), 'sample')} are not where "
            "they were "
            f"ingested from ({preview([name for name, _ in missing])}): bring them back, or give "
            "their folder as `images=`."
        )
        raise InputError(message)
    return samples, files, missing


def _can_be_read(file: ImageFile | None) -> bool:
    if file is None:
        return False
    try:
        file.read_bytes()
    except OSError:
        return False
    return True
