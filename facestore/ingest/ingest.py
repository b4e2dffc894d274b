"""Ingest: files become samples, images, labels and vectors; what is there already is left alone."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from facestore.catalog.sample_rows import SampleChanges
from facestore.config import (
    DEFAULT_BATCH_SIZE,
    DEFAULT_PRECISION,
    DEFAULT_WORKERS,
    VECTORS_FOLDER,
)
from facestore.encoders.encoder import LazyEncoder
from facestore.encoders.names import check_pretrained, model_name
from facestore.errors import FacestoreError, InputError, StoreLockedError, counted
from facestore.images.given import remember
from facestore.images.places import LIST, is_pattern, root_of
from facestore.images.walk import printable, walk
from facestore.ingest.gone import Gone, gone_from, sample_ids
from facestore.ingest.layouts.after_dataset import called_as_data_sets
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.ingest.plan import IngestPlan, known_classes, plan_ingest
from facestore.ingest.run import IngestRun, RunResult
from facestore.locks import lock_file, only_one
from facestore.mappings import LabelMapping
from facestore.records import AnyPath
from facestore.removing.prune import prune_samples
from facestore.stopwatch import Stopwatch
from facestore.stores import Stores, recorded

# What the threads that read do; the other stages are those of the threads that encode and write.
_READING = ("read", "hash", "decode", "transform")


@dataclass(frozen=True)
class IngestSummary:
    """What an ingest found and changed.

    Attributes
    ----------
    n_encoded
        Encoder name -> vectors made.
    errors
        (path, reason) of the files that are no readable images.
    seconds
        Stage -> seconds that its threads took together; `total` is the time that passed.
    workers
        Threads that read and decoded.
    shared
        Other data sets that have images of this one: name, how many, how many of them labelled.
    refused
        Paths of files that were forgotten here, and are passed over.
    gone
        Samples whose file is not there any more.
    is_pruned
        Whether these were taken out.
    """

    plan: IngestPlan
    changes: SampleChanges
    n_images_new: int
    n_encoded: dict[str, int]
    errors: tuple[tuple[str, str], ...]
    seconds: dict[str, float]
    workers: int
    shared: tuple[tuple[str, int, int], ...] = ()
    refused: tuple[str, ...] = ()
    gone: Gone = field(default_factory=Gone)
    is_pruned: bool = False

    @property
    def n_files(self) -> int:
        """Number of files with the suffix of an image."""
        return len(self.plan.entries)


def ingest(
    store: Stores,
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
    mapping: LabelMapping | None = None,
    follow_links: bool = False,
    again: bool = False,
    prune: bool = False,
) -> IngestSummary:
    """Bring images into the store and encode what is not encoded yet.

    Parameters
    ----------
    source
        A folder, .tar, .parquet, table of paths or URIs, or pattern of tars; its name is the
        data set's unless `dataset` is given.
    dataset
        Name of the data set.
    split
        Split of all files: train, val ...
    labels
        Label table with a column `file`, matched by the longest common tail of the path.
    layout
        `auto`, or one of `facestore.ingest.layouts.LAYOUTS`.
    models
        `ViT-L-14,openai`, `open_clip:ViT-L-14/openai`, `hf-hub:org/name`, `tiny`,
        `timm:resnet18,a1_in1k`, `transformers:FOLDER` ...; none: the catalogue only.
    pretrained
        Weights of the models that name none: a tag of open_clip or timm, or a checkpoint file.
    precision, device
        As open_clip names them; `auto` takes a GPU where there is one. `fp32/float16` keeps image
        vectors as float16: another encoder, whose vectors take half the room.
    batch_size, workers
        Images a forward pass; threads that read and decode, 0: none besides this one.
    force_quick_gelu
        For a checkpoint that was trained with QuickGELU.
    fast_resize
        Have torchvision resize pictures, not Pillow: faster, and another encoder.
    attributes, new_classes
        Further columns to read as labels (`all`: every one), and whether labels may be new classes.
    mapping
        What the columns and values of the labels mean, where it is not told by their names.
    follow_links
        Whether links out of the folder are followed.
    again
        Whether files that were forgotten here (`forget`) are taken in again.
    prune
        Whether samples whose file is gone are taken out, with all that is known of them.

    Returns
    -------
    IngestSummary

    Raises
    ------
    InputError
        If there is nothing to ingest, or names belong to other samples.
    TableError
        If labels are refused.
    StoreLockedError
        If another process ingests into this store.
    """
    check_pretrained(models, pretrained)
    encoders = [
        LazyEncoder(
            model_name(model, pretrained),
            precision=precision,
            device=device,
            force_quick_gelu=force_quick_gelu,
            fast_resize=fast_resize,
            notify=store.notify,
        )
        for model in models
    ]
    source, table = Path(source), None if labels is None else Path(labels)
    dataset = dataset or _dataset_name(source)
    watch = Stopwatch()
    arguments: dict[str, object] = {
        "source": source,
        "dataset": dataset,
        "split": split,
        "labels": table,
        "mapping": None if mapping is None else asdict(mapping),
        "models": [encoder.name for encoder in encoders],
        "devices": [encoder.device for encoder in encoders],
        "batch_size": batch_size,
        "workers": workers,
    }
    with (
        _no_store_for_nothing(store),
        only_one(store.path, "ingest"),
        ExitStack() as last,
        recorded(store, "ingest", arguments) as counts,
    ):
        with watch.measure("plan"):
            classes = store.catalog.samples.classes()
            called = called_as_data_sets(store.catalog.samples.datasets(), classes)
            rules = LabelRules(classes, attributes, new_classes, mapping or LabelMapping(), called)
            lists = partial(walk, outside=follow_links)
            request = SourceRequest(source, rules, layout, table, lists, dataset)
            plan = plan_ingest(store, request, dataset=dataset, split=split)
            gone = gone_from(store, plan)
            if prune:
                _refuse_another_source(plan, gone)
        is_known = plan.source in store.catalog.samples.sources().get(dataset, ())
        is_strict = plan.layout != LIST and not follow_links
        files = () if is_strict else [each.file for each in plan.entries]
        remember(store.path, dataset, source, plan.layout, files)
        run = IngestRun(
            store, plan, encoders, batch_size=batch_size, workers=workers, watch=watch, again=again
        )
        try:
            result = run.run()
        except KeyboardInterrupt:
            counts.update(_counts(run.result()))
            raise
        # those that were `auto` know by now what it meant
        arguments["devices"] = [encoder.device for encoder in encoders]
        # a row of `runs` says where pictures are, also where nothing else is new
        counts.update(_counts(result), n_sources_new=int(not is_known))
        if prune and gone.paths:
            counts["n_pruned"] = prune_samples(store, sample_ids(store, dataset, gone.paths))
        shared: tuple[tuple[str, int, int], ...] = ()
        if result.changes.n_new:
            # The row of `runs` is written by the connection that is asked.
            last.enter_context(store.catalog.transaction())
            shared = tuple(store.catalog.samples.shared_with(dataset))
    return IngestSummary(
        plan=plan,
        changes=result.changes,
        n_images_new=result.n_images_new,
        n_encoded=result.n_encoded,
        errors=result.errors,
        seconds={**watch.seconds, "total": watch.elapsed},
        workers=workers,
        shared=shared,
        refused=result.refused,
        gone=gone,
        is_pruned=prune,
    )


def preview_ingest(
    store: Stores,
    source: AnyPath,
    *,
    dataset: str | None = None,
    split: str | None = None,
    labels: AnyPath | None = None,
    layout: str = "auto",
    attributes: Sequence[str] = (),
    new_classes: bool = False,
    mapping: LabelMapping | None = None,
    follow_links: bool = False,
) -> IngestPlan:
    """Return how an ingest would read files and labels; nothing is written, and no store is made.

    Parameters
    ----------
    source, dataset, split, labels, layout, attributes, new_classes, mapping, follow_links
        As for `ingest`.

    Raises
    ------
    InputError
        As `ingest`.
    TableError
        If labels are refused.
    """
    source, table = Path(source), None if labels is None else Path(labels)
    classes = known_classes(store)
    called = called_as_data_sets(store.catalog.samples.datasets(), classes)
    rules = LabelRules(classes, attributes, new_classes, mapping or LabelMapping(), called)
    lists = partial(walk, outside=follow_links)
    dataset = dataset or _dataset_name(source)
    request = SourceRequest(source, rules, layout, table, lists, dataset)
    return plan_ingest(store, request, dataset=dataset, split=split)


def _refuse_another_source(plan: IngestPlan, gone: Gone) -> None:
    """Refuse to take out a data set of which nothing is there: another folder, likely."""
    if gone.paths and not any(path in plan.known for path in plan.path_of.values()):
        message = (
            f"None of {counted(len(plan.known), 'sample')} of data set {plan.dataset!r} is in "
            f"'{plan.source}', so `prune=True` would take out all: give the folder that it came "
            "from, or `facestore remove dataset`."
        )
        raise InputError(message)


@contextmanager
def _no_store_for_nothing(store: Stores) -> Iterator[None]:
    """Remove a store that was made by this ingest when it ends in an error and has nothing in it.

    Vectors count: they took their time, and the same command finds them again.
    """
    database, folder = store.catalog.database, store.path
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    had_store = database.exists
    try:
        yield
    except StoreLockedError:  # the store is being made by another process
        raise
    except FacestoreError:
        # What the user has to know is the first error, also where the disk does not answer.
        with suppress(FacestoreError, OSError):
            is_empty = not (folder / VECTORS_FOLDER).exists()
            if is_empty and not had_store and not store.catalog.samples.datasets():
                store.catalog.close()
                for file in (database.path, database.log, lock_file(folder, "ingest")):
                    file.unlink(missing_ok=True)
                for each in made:
                    each.rmdir()
        raise


def _counts(result: RunResult) -> dict[str, int]:
    n_encoded = sum(result.n_encoded.values())
    counts: dict[str, int] = asdict(result.changes)
    return counts | {"n_images_new": result.n_images_new, "n_encoded": n_encoded}


def _dataset_name(source: Path) -> str:
    """Return the name of a folder, of a file, or of the folder of a pattern, as text."""
    place = root_of(source) if is_pattern(source) else source
    name = place.resolve().name
    return printable(name if place.is_dir() else name.split(".")[0]) or "images"
