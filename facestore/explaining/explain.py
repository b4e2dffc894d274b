"""Explain: which part of each picture moved a score, kept as rows; what is there is left alone."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from facestore.catalog.explanations import Selection
from facestore.config import DEFAULT_WORKERS
from facestore.errors import InputError, ParametersError, UnknownNameError, counted, preview
from facestore.explaining.asked_models import Asked, model_to_ask, models_to_ask
from facestore.explaining.explainer import LimeOptions
from facestore.explaining.measuring import measure_maps
from facestore.explaining.questions import ExplainOptions, Run, Sample, TargetChoice
from facestore.files import sha256_of
from facestore.numbers import Range, check_number
from facestore.records import AnyPath, ImageFile
from facestore.stores import Stores, folder_of_pictures, recorded
from facestore.training.classify_images import image_files
from facestore.zero_shot.many import OF_ONE, Failure

_SEEDS = Range("a whole number from 0 up", low=0, whole=True)


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
    n_measured
        Maps whose faithfulness was measured; None: that was not asked for.
    n_models
        How many models were asked.
    failures
        Models that could not be asked; all others are.
    """

    explanation_ids: tuple[str, ...]
    n_new: int
    skipped: tuple[tuple[str, str], ...]
    n_measured: int | None = None
    n_models: int = 1
    failures: tuple[Failure, ...] = ()


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
    faithfulness: bool = False,
    seed: int = 0,
    models: Sequence[str] = (),
    device: str = "auto",
    batch_size: int = 8,
    workers: int = DEFAULT_WORKERS,
    images: AnyPath | None = None,
    heads: AnyPath | None = None,
) -> ExplainSummary:
    """Map which part of pictures a score comes from, and keep the maps as rows.

    The same call again changes nothing; after an interruption it goes on where it was. Of several
    models, those that can be asked are.

    Parameters
    ----------
    samples
        DATASET/PATH, a sample_id, an image_id or its first digits, or a file that was
        ingested. None: all that the other choices leave.
    prompts
        Texts whose cosines are explained; with `prompt_set`, only prompts of that set.
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
    faithfulness
        Whether to measure the maps, too: some 120 passes forward each, and a map of random weights.
    seed
        What is drawn for that; what was measured with another one is measured anew.
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
    if target.prompts and prompt_set is not None:
        _check_members(store, prompt_set, target.prompts)
    _check_numbers(worst=worst, limit=limit, batch_size=batch_size)
    check_number("seed", seed, _SEEDS)
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
        seed=seed if faithfulness else None,
    )
    asked = models_to_ask(store, classifier, models)
    return _explain(store, target, selection, options, asked, device)


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


def _check_members(store: Stores, prompt_set: str, prompts: Sequence[str]) -> None:
    known = [each.text for each in store.catalog.prompts.get(prompt_set).prompts]
    for prompt in prompts:
        if prompt not in known:
            raise UnknownNameError("prompt", prompt, known, f"Set: {prompt_set!r}.")


@dataclass
class _Done:
    """What was done so far, and what could not be."""

    counts: dict[str, int]
    skipped: list[tuple[str, str]]
    ids: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def add(self, what: str, n: int) -> None:
        """Count what was written."""
        self.counts[what] = self.counts.get(what, 0) + n


def _explain(
    store: Stores,
    target: TargetChoice,
    selection: Selection,
    options: ExplainOptions,
    models: Mapping[str, Asked | Failure],
    device: str,
) -> ExplainSummary:
    """Make and keep the explanations that are not there yet."""
    samples, files, missing = _samples(store, target, selection, options)
    arguments = {"asked": asdict(target), "selection": asdict(selection), "method": options.method}
    with recorded(store, "explain", arguments) as counts:
        done = _Done(counts, list(missing))
        for name, given in models.items():
            try:
                if isinstance(given, Failure):
                    raise given.error
                encoder, model = given.encoder, model_to_ask(given, device)
                store.catalog.encoders.register(model.load().record)
                run = Run(store, encoder, model, target, options, selection.worst is not None)
                _ask(store, run, samples, files, options, done)
            except OF_ONE as error:
                if len(models) == 1:
                    raise
                done.failures.append(Failure(name, error))
    if not done.ids and not done.failures:
        name, reason = done.skipped[0]
        message = (
            f"None of {counted(len(samples), 'sample')} could be explained ({name}: {reason})."
        )
        raise InputError(message)
    return ExplainSummary(
        tuple(done.ids),
        counts.get("n_explanations", 0),
        tuple(dict.fromkeys(done.skipped)),
        None if options.seed is None else counts.get("n_measured", 0),
        len(models),
        tuple(done.failures),
    )


def _ask(
    store: Stores,
    run: Run,
    samples: Sequence[Sample],
    files: Mapping[str, ImageFile],
    options: ExplainOptions,
    done: _Done,
) -> None:
    """Ask one encoder about the samples, and measure its maps where that is asked for."""
    questions = run.questions(samples, done.skipped)
    known = store.catalog.explanations.known([each.explanation_id for each in questions])
    pending = [each for each in questions if each.explanation_id not in known]
    failed: set[str] = set()
    with store.progress.task(f"Explaining ({run.explainer.method})", len(pending)) as task:
        for batch in run.batches(pending):
            rows = run.rows(batch, files, done.skipped, failed)
            done.add("n_explanations", store.catalog.explanations.add(rows))
            done.counts["n_skipped"] = len(done.skipped)
            task.advance(len(batch))
    asked = [each for each in questions if each.explanation_id not in failed]
    done.ids += [each.explanation_id for each in asked]
    if options.seed is not None:
        for n_measured in measure_maps(store, run, asked, files, options.seed, done.skipped):
            done.add("n_measured", n_measured)


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
