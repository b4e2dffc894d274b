"""What is in a store, of both halves: row by row, and as an overview for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facestore import resources
from facestore.catalog.encoders import StoredEncoder
from facestore.certificates import index_of, index_problems
from facestore.config import CATALOG_FILE, REPORTS_FOLDER, VECTORS_FOLDER
from facestore.errors import VectorsUnreadableError, by_number, counted, preview
from facestore.lance_sizes import TableSizes
from facestore.stores import Stores
from facestore.vector_table import VectorTable

Row = dict[str, Any]

# Up to here an overview looks for pictures that are nearly the same: it takes about a second then.
_MAX_IMAGES = 100_000
_FIRST_PROMPTS = "raw_gender_labels"


@dataclass(frozen=True)
class Advice:
    """What should be done and why; the command line writes the command for it.

    Attributes
    ----------
    reason
        What is not as one would want it, or what the verb gives.
    verb
        A verb of the store.
    arguments
        Its arguments; a word in capitals stands for what only the user knows.
    parameters
        Its parameters that have names.
    """

    reason: str
    verb: str
    arguments: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Overview:
    """What is in a store, for people.

    Attributes
    ----------
    n_bytes
        What lies in the store: `catalogue`, `vectors`, `other`.
    state, datasets, encoders, indexes, prompts, classifiers, copies
        Rows of the queries in `reports/queries/info`; encoders also have `n_images` and
        `n_prompts`, the numbers of their vectors, and `sizes`, the bytes of both tables.
    has_near_copies
        Whether pictures that are nearly the same were looked for.
    has_report
        Whether there is a report.
    min_samples
        Groups with fewer samples show no rates.
    warnings
        What to look at.
    steps
        What to do next.
    """

    folder: Path
    n_bytes: dict[str, int]
    state: Row
    datasets: list[Row]
    encoders: list[Row]
    indexes: list[Row]
    prompts: Row
    classifiers: list[Row]
    copies: Row
    has_near_copies: bool
    has_report: bool
    min_samples: int
    warnings: list[Advice] = field(default_factory=list)
    steps: list[Advice] = field(default_factory=list)


def info(store: Stores) -> list[tuple[str, str, int, str]]:
    """Return what is in the store: kind, name, number and details of each part.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    """
    rows: list[tuple[str, str, int, str]] = (
        store.catalog.database.reader()
        .execute("select kind, name, n, details from store_contents")
        .fetchall()
    )
    for encoder in store.catalog.encoders.all():
        n_images, n_texts = _count_vectors(store, encoder.vectors)
        rows.append(("vectors", encoder.name, n_images, f"image vectors; {n_texts:,} of prompts"))
        for table in _tables(store, encoder.vectors):
            sizes = _sizes_of(table)
            live = f"bytes on disk; {sizes.n_live:,} of its newest version"
            rows.append(("table of vectors", table.name, sizes.n_disk, live))
    rows += [
        ("index", row["encoder"], row["n_rows"], f"image vectors in {row['kind']}; {row['finds']}")
        for row in _rows(store, "indexes")
    ]
    rows += [
        ("setting", name, int(value), meaning)
        for name, value, meaning in store.catalog.settings.all()
        if name == "min_samples"
    ]
    n_bytes = sum(_sizes(store.path).values())
    rows.append(("size", str(store.path), n_bytes, f"bytes, {n_bytes / 2**20:,.1f} MiB"))
    return rows


def overview(store: Stores) -> Overview:
    """Return what is in the store, what to look at and what to do next, for people.

    Parameters
    ----------
    store
        The store; nothing is written.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    """
    (state,) = _rows(store, "state")
    encoders = _rows(store, "encoders")
    for row in encoders:
        row["n_images"], row["n_prompts"] = _count_vectors(store, row["vectors"])
        row["sizes"] = [_sizes_of(table) for table in _tables(store, row["vectors"])]
    found = Overview(
        folder=store.path,
        n_bytes=_sizes(store.path),
        state=state,
        datasets=_rows(store, "datasets"),
        encoders=encoders,
        indexes=_rows(store, "indexes"),
        prompts=_rows(store, "prompts")[0],
        classifiers=_rows(store, "classifiers"),
        copies=_copies(store, state["n_images"]),
        has_near_copies=state["n_images"] <= _MAX_IMAGES,
        has_report=(store.path / REPORTS_FOLDER / "index.html").is_file(),
        min_samples=store.catalog.settings.number("min_samples"),
    )
    found.warnings.extend(_warnings(store, found))
    found.steps.extend(_steps(found))
    return found


def _rows(store: Stores, name: str) -> list[Row]:
    """Run a query of `reports/queries/info`."""
    path = resources.folder("reports") / "queries" / "info" / f"{name}.sql"
    result = store.catalog.database.reader().execute(path.read_text(encoding="utf-8"))
    columns = [column[0] for column in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def _copies(store: Stores, n_images: int) -> Row:
    if 0 < n_images <= _MAX_IMAGES:
        return _rows(store, "copies")[0]
    near = ("n_groups", "n_conflicts", "n_between_splits", "n_between_datasets")
    return dict.fromkeys(near, 0) | _rows(store, "exact_copies")[0]


def _sizes(folder: Path) -> dict[str, int]:
    sizes = {"catalogue": 0, "vectors": 0, "other": 0}
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        top = path.relative_to(folder).parts[0]
        kind = "catalogue" if top.startswith(CATALOG_FILE) else "other"
        sizes["vectors" if top == VECTORS_FOLDER else kind] += path.stat().st_size
    return sizes


def _tables(store: Stores, vectors: str) -> tuple[VectorTable, VectorTable]:
    return store.vectors.images(vectors), store.vectors.texts(vectors)


def _sizes_of(table: VectorTable) -> TableSizes:
    """Return what a table takes; nothing of one that cannot be read."""
    try:
        return table.sizes()
    except VectorsUnreadableError:  # a warning says why
        return TableSizes(0, 0)


def _count_vectors(store: Stores, vectors: str) -> tuple[int, int]:
    """Return the numbers of image and text vectors; none of a table that cannot be read."""
    counts = []
    for table in _tables(store, vectors):
        try:
            counts.append(table.count())
        except VectorsUnreadableError:  # a warning says why
            counts.append(0)
    return counts[0], counts[1]


def _warnings(store: Stores, found: Overview) -> list[Advice]:
    warnings = []
    for row in found.datasets:
        name = row["dataset"]
        if n := row["n_unreadable"]:
            query = "select path, error from samples where error is not null"
            warnings.append(
                Advice(f"{counted(n, 'file')} of {name!r} could not be read", "sql", (query,))
            )
        if row["n_files"] and not row["labels"]:
            reason = f"data set {name!r} has no labels: nothing can be judged"
            warnings.append(Advice(reason, "import_labels", ("FILE",), {"dataset": name}))
    for encoder in store.catalog.encoders.all():
        try:
            warnings += _without_vectors(store, encoder, found)
            store.vectors.texts(encoder.vectors).count()
            warnings += _about_index(store, encoder)
        except VectorsUnreadableError as error:
            reason = f"vectors/{error.table}.lance cannot be read ({error.reason})"
            warnings.append(Advice(reason, "doctor", parameters={"repair": "True"}))
    return [*warnings, *_below_chance(found.classifiers), *_about_classes(store)]


def _about_index(store: Stores, encoder: StoredEncoder) -> list[Advice]:
    """Say what keeps an index from being asked, and what would give it a certificate."""
    named = {"model": encoder.name}
    found = index_problems(store, encoder)
    gone = (
        store.catalog.vector_indexes.of(encoder.encoder_id) is None
        or not index_of(store, encoder).names()
    )
    verb = "build_index" if gone else "certify_index"
    return [
        Advice(f"{encoder.name}: {problem}", verb, parameters=named) for _, problem in found[:1]
    ]


def _below_chance(classifiers: list[Row]) -> list[Advice]:
    """Say which accuracies are below chance, the worst first."""
    rows = [row for row in classifiers if row["is_below_chance"]]
    warnings = []
    for row in sorted(rows, key=lambda row: (row["accuracy"], row["classifier"])):
        who, where = repr(row["classifier"]), repr(row["dataset"])
        reason = (
            f"{who} is right on {row['accuracy']:.4f} of {where}, surely less than chance "
            f"({row['chance']:.4f}): are classes swapped, or without prompts?"
        )
        warnings.append(Advice(reason, "sql", (row["query"],)))
    return warnings


def _about_classes(store: Stores) -> list[Advice]:
    """Say which classes differ in spelling alone, and what is in no group."""
    warnings = []
    for row in _rows(store, "class_spellings"):
        names = " and ".join(repr(each) for each in row["classes"])
        reason = f"{names} of {row['attribute']!r} differ in spelling alone, and count as classes"
        query = "select dataset, attribute, label, n_samples from label_counts"
        warnings.append(Advice(reason, "sql", (query,)))
    for row in _rows(store, "without_groups"):
        if row["attributes"] is None:
            if row["n_others"]:
                reason = "no attribute of group_attributes has labels, so nothing is in a group"
                warnings.append(Advice(reason, "set", ("group_attributes", "")))
        elif n := row["n_others"]:
            named = preview(row["attributes"], 8)
            reason = f"groups are made of {named}, and not of {counted(n, 'other attribute')}"
            warnings.append(
                Advice(reason, "set", ("group_attributes", ",".join(row["attributes"])))
            )
    return warnings


def _without_vectors(store: Stores, encoder: StoredEncoder, found: Overview) -> list[Advice]:
    """Say in which data sets an encoder has vectors of some images and lacks others."""
    images = store.vectors.images(encoder.vectors)
    if not images.count():
        return []
    known = images.known()
    warnings = []
    for row in found.datasets:
        wanted = store.catalog.samples.image_ids_of(row["dataset"])
        missing = int((~known.may_have(wanted)).sum())
        if 0 < missing < len(wanted):
            reason = (
                f"{missing:,} of {counted(len(wanted), 'image')} of {row['dataset']!r} "
                f"{by_number(missing, 'has', 'have')} no vector of "
                f"{encoder.name}"
            )
            warnings.append(_ingest_again(reason, row, encoder))
    return warnings


def _ingest_again(reason: str, row: Row, encoder: StoredEncoder) -> Advice:
    source = row["sources"][0] if row["sources"] else "FOLDER"
    record = encoder.record
    model = ",".join(filter(None, (record.architecture, record.pretrained)))
    if record.pretrained == record.architecture:  # the bundled model
        model = record.architecture
    parameters = {"dataset": row["dataset"], "models": model}
    if record.precision not in (None, "fp32"):
        parameters["precision"] = record.precision
    return Advice(reason, "ingest", (source,), parameters)


def _steps(found: Overview) -> list[Advice]:
    """Return what a store lacks first, and else what to look at."""
    state = found.state
    if not state["n_samples"]:
        options = {"labels": "FILE", "models": "tiny"}
        return [Advice("bring images in", "ingest", ("FOLDER",), options)]
    if not found.encoders and not state["n_predictions"]:
        model = {"models": "ViT-L-14,laion2b_s32b_b82k"}
        return [Advice("encode the images", "ingest", ("FOLDER",), model)]
    if not state["n_predictions"]:
        if not found.prompts["n_scored"]:
            return [Advice("score prompts", "score", (_FIRST_PROMPTS,))]
        which = {"prompt_set": _FIRST_PROMPTS, "attribute": "gender"}
        return [Advice("predict", "predict", parameters=which)]
    steps = []
    if any(row["accuracy"] for row in found.classifiers):  # of 0.0000 no gap says anything
        limit = {"max_gap": "0.05"}
        steps.append(Advice("see gaps between groups", "check", parameters=limit))
    made = "a report is there; make it anew" if found.has_report else "make the report"
    damage = Advice("see that nothing is damaged", "doctor")
    return [*steps, Advice(made, "report", parameters={"open": "True"}), damage]
