"""What is in a store, of both halves: row by row, and as an overview for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any

from facestore import resources
from facestore.catalog.encoders import StoredEncoder
from facestore.config import CATALOG_FILE, REPORTS_FOLDER, VECTORS_FOLDER
from facestore.stores import Stores

Row = dict[str, Any]

# Up to here an overview looks for pictures that are nearly the same: it takes about a second then.
_MAX_IMAGES = 100_000


@dataclass(frozen=True)
class Warn:
    """Something that is not as one would want it, and the command that shows or mends it."""

    what: str
    command: str


@dataclass(frozen=True)
class Overview:
    """What is in a store, for people.

    Attributes
    ----------
    n_bytes
        What lies in the store: `catalogue`, `vectors`, `other`.
    state, datasets, encoders, prompts, classifiers, copies
        Rows of the queries in `reports/queries/info`; encoders also have `n_images` and
        `n_prompts`, the numbers of their vectors.
    has_near_copies
        Whether pictures that are nearly the same were looked for.
    has_report
        Whether there is a report.
    warnings
        What to look at.
    steps
        What to do next: why, and the command.
    """

    folder: Path
    n_bytes: dict[str, int]
    state: Row
    datasets: list[Row]
    encoders: list[Row]
    prompts: Row
    classifiers: list[Row]
    copies: Row
    has_near_copies: bool
    has_report: bool
    warnings: list[Warn] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)


def contents(store: Stores, folder: Path) -> list[tuple[str, str, int, str]]:
    """Return kind, name, number and details of each part of a store.

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
    n_bytes = sum(_sizes(folder).values())
    rows.append(("size", str(folder), n_bytes, f"bytes, {n_bytes / 2**20:,.1f} MiB"))
    return rows


def overview(store: Stores, folder: Path) -> Overview:
    """Return what is in a store, what to look at, and what to do next; nothing is written.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    """
    (state,) = _rows(store, "state")
    sizes = _sizes(folder)
    is_near = state["n_images"] <= _MAX_IMAGES
    encoders = _rows(store, "encoders")
    for row in encoders:
        row["n_images"], row["n_prompts"] = _count_vectors(store, row["vectors"])
    found = Overview(
        folder=folder,
        n_bytes=sizes,
        state=state,
        datasets=_rows(store, "datasets"),
        encoders=encoders,
        prompts=_rows(store, "prompts")[0],
        classifiers=_rows(store, "classifiers"),
        copies=_rows(store, "copies" if is_near else "exact_copies")[0],
        has_near_copies=is_near,
        has_report=(folder / REPORTS_FOLDER / "index.html").is_file(),
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


def _sizes(folder: Path) -> dict[str, int]:
    sizes = {"catalogue": 0, "vectors": 0, "other": 0}
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        top = path.relative_to(folder).parts[0]
        kind = "catalogue" if top.startswith(CATALOG_FILE) else "other"
        sizes["vectors" if top == VECTORS_FOLDER else kind] += path.stat().st_size
    return sizes


def _count_vectors(store: Stores, vectors: str) -> tuple[int, int]:
    """Return the numbers of image and text vectors; none of a table that cannot be read."""
    tables = (store.vectors.images(vectors), store.vectors.texts(vectors))
    try:
        n_images, n_texts = (table.count() for table in tables)
    except (RuntimeError, ValueError, OSError):  # doctor says why
        return 0, 0
    return n_images, n_texts


def _warnings(store: Stores, found: Overview) -> list[Warn]:
    warnings = []
    for row in found.datasets:
        name = row["dataset"]
        if n := row["n_unreadable"]:
            query = "select path, error from samples where error is not null"
            warnings.append(
                Warn(f"{n:,} files of {name!r} could not be read", f'facestore sql "{query}"')
            )
        if row["n_files"] and not row["labels"]:
            command = f"facestore import labels FILE --dataset {quote(name)}"
            warnings.append(
                Warn(f"data set {name!r} has no labels: nothing can be judged", command)
            )
    for encoder in store.catalog.encoders.all():
        warnings += _without_vectors(store, encoder, found)
    return warnings


def _without_vectors(store: Stores, encoder: StoredEncoder, found: Overview) -> list[Warn]:
    """Say in which data sets an encoder has vectors of some images and lacks others."""
    (count,) = (row["n_images"] for row in found.encoders if row["encoder"] == encoder.name)
    if not count:
        return []
    present = store.vectors.images(encoder.vectors).keys()
    warnings = []
    for row in found.datasets:
        wanted = store.catalog.samples.image_ids_of(row["dataset"])
        missing = len(wanted - present)
        if 0 < missing < len(wanted):
            warnings.append(
                Warn(
                    f"{missing:,} of {len(wanted):,} images of {row['dataset']!r} have no vector "
                    f"of {encoder.name}",
                    _again(row, encoder),
                )
            )
    return warnings


def _again(row: Row, encoder: StoredEncoder) -> str:
    source = row["sources"][0] if row["sources"] else "FOLDER"
    record = encoder.record
    model = ",".join(filter(None, (record.architecture, record.pretrained)))
    if record.pretrained == record.architecture:  # the bundled model
        model = record.architecture
    precision = f" --precision {record.precision}" if record.precision not in (None, "fp32") else ""
    return (
        f"facestore ingest {quote(source)} --dataset {quote(row['dataset'])} "
        f"--model {quote(model)}{precision}"
    )


def _steps(found: Overview) -> list[tuple[str, str]]:
    """Return what a store lacks first, and else what to look at."""
    state = found.state
    if not state["n_samples"]:
        return [("bring images in", "facestore ingest FOLDER --labels FILE --model tiny")]
    if not found.encoders:
        return [("encode the images", "facestore ingest FOLDER --model ViT-L-14,laion2b_s32b_b82k")]
    if not state["n_predictions"]:
        if not found.prompts["n_scored"]:
            return [("score prompts", "facestore score raw_gender_labels")]
        predict = "facestore predict --prompt-set raw_gender_labels --attribute gender"
        return [("predict", predict)]
    steps = []
    if any(row["accuracy"] is not None for row in found.classifiers):
        steps.append(("see gaps between groups", "facestore check --max-gap 0.05"))
    made = "a report is there; make it anew" if found.has_report else "make the report"
    damage = ("see that nothing is damaged", "facestore doctor")
    return [*steps, (made, "facestore report --open"), damage]
