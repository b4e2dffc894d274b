"""Explanation page: read pictures again, lay maps over them, write files and the page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from facestore import resources
from facestore.config import EXPLANATIONS_FOLDER, SYNTHETIC_DATASET
from facestore.errors import InputError
from facestore.explaining.explainer import seen_by
from facestore.ingest.embedding import read_known_image
from facestore.records import AnyPath, Float32
from facestore.reporting.explanations import MapCard, MapPart, MapRow, render_explanations
from facestore.reporting.output import replacing_pages
from facestore.reporting.overlays import data_uri, overlay, picture_of, spread
from facestore.reporting.page import Provenance
from facestore.reporting.queries import read_queries
from facestore.reporting.run_query import run_query
from facestore.stores import Stores, folder_of_pictures, versions
from facestore.training.classify_images import image_files

# A page of some megabytes; the overlays of all samples are files beside it.
MAX_SHOWN = 200
_IN_REPORT = 12
_OVERLAYS = "overlays"
_PAGE, REPORT_PAGE = "index.html", "explanations.html"

Found = Mapping[str, Any]


def write_explanations(
    store: Stores,
    explanation_ids: Sequence[str],
    out: AnyPath | None = None,
    *,
    title: str = "Explanations",
    images: AnyPath | None = None,
) -> Path:
    """Write overlays as PNG files and a page that shows them; return the page.

    Parameters
    ----------
    store
        The store; it is only read.
    explanation_ids
        As `explain` returns them, or from the table `explanations`; those of one sample stand side
        by side.
    out
        The folder; that of the store, `explanations`, by default. It gets `index.html`, and
        `overlays/<explanation_id>.png` each.
    title
        Stands above the page.
    images
        Folder of the pictures; by default those that were ingested.

    Raises
    ------
    OutputError
        If a store has its own files there.
    """
    folder = store.output(out, EXPLANATIONS_FOLDER)
    ids = list(explanation_ids)
    with replacing_pages(folder, lasting=False) as new:  # thousands of files, made again at no loss
        pictures = _Pictures(store, ids, images, new / _OVERLAYS)
        rows = pictures.rows(_by_sample(store.catalog.explanations.get(ids)))
        text = "Each picture as the model was given it, beside its maps."
        part = MapPart("maps", "Maps", text, tuple(rows[:MAX_SHOWN]), max(0, len(rows) - MAX_SHOWN))
        _write(store, new / _PAGE, title, [part], rows)
    return folder / _PAGE


def write_report_page(store: Stores, folder: Path) -> Path | None:
    """Write the page of the report that shows explanations; None where there are none.

    Parameters
    ----------
    store
        The store; it is only read.
    folder
        A new one, which nobody reads yet.
    """
    con = store.catalog.database.reader()
    if con.execute("select count(*) from explanations").fetchone() == (0,):
        return None
    explanations = store.catalog.explanations
    chosen = {
        "compared": explanations.compared(_IN_REPORT),
        "worst": explanations.worst(_IN_REPORT),
    }
    every = [each for part in chosen.values() for ids in part for each in ids]
    pictures = _Pictures(store, every, None, None)
    rows = {
        name: pictures.rows([explanations.get(ids) for ids in part])
        for name, part in chosen.items()
    }
    parts = [
        MapPart(
            "compared", "One picture, several encoders and targets",
            "The same picture, asked about in several ways: which encoder looks where, and how "
            "much that depends on the words.", tuple(rows["compared"]),
        ),
        MapPart(
            "worst", "The worst errors",
            "The errors in which classifiers were most confident, of those that were explained.",
            tuple(rows["worst"]),
        ),
    ]  # fmt: skip
    shown = [row for part in rows.values() for row in part]
    return _write(store, folder / REPORT_PAGE, "Why did it say so", parts, shown)


def _write(
    store: Stores, file: Path, title: str, parts: Sequence[MapPart], rows: Sequence[MapRow]
) -> Path:
    own = resources.folder("reports")
    con = store.catalog.database.reader()
    tables = [
        run_query(con, query) for query in read_queries(own / "queries" / "explanations").values()
    ]
    datasets = {row.dataset for row in rows} | {r["dataset"] for t in tables for r in t.records}
    provenance = Provenance(datetime.now(UTC), versions(), SYNTHETIC_DATASET in datasets)
    page = render_explanations(title, parts, tables, provenance, own)
    file.write_text(page, encoding="utf-8", newline="")
    return file


class _Pictures:
    """Pictures of samples and overlays of their maps, as they can be had."""

    def __init__(
        self, store: Stores, ids: Sequence[str], images: AnyPath | None, overlays: Path | None
    ) -> None:
        self._thirds = store.catalog.explanations.thirds(ids)
        found = store.catalog.explanations.get(ids)
        folder = None if images is None else folder_of_pictures(images)
        self._files = image_files(store, folder, {each["image_id"] for each in found})
        self._encoders = {each.encoder_id: each for each in store.catalog.encoders.all()}
        self._show: dict[int, Callable[[Image.Image], np.ndarray[Any, Any]]] = {}
        self._overlays = overlays

    def rows(self, samples: Iterable[Sequence[Found]]) -> list[MapRow]:
        """Return one row a sample, with all its maps; write the overlays where they are wanted."""
        return [self._row(maps) for maps in samples]

    def _row(self, maps: Sequence[Found]) -> MapRow:
        first = maps[0]
        pictures = {
            encoder: self._picture(first["image_id"], encoder)
            for encoder in dict.fromkeys(each["encoder_id"] for each in maps)
        }
        shown = pictures[first["encoder_id"]]
        # one scale for all maps of a picture: else colours would not compare
        spreads = [
            spread(np.asarray(each["relevance"], np.float32).reshape(_grid(each))) for each in maps
        ]
        largest = max(float(np.abs(each).max()) for each in spreads)
        cards = [
            self._card(each, values, pictures[each["encoder_id"]], largest)
            for each, values in zip(maps, spreads, strict=True)
        ]
        return MapRow(
            dataset=first["dataset"],
            path=first["path"],
            split=first["split"],
            label=next((label for each in maps if (label := _label(each))), None),
            picture=None if shown is None else data_uri(shown),
            maps=tuple(cards),
            largest=largest,
        )

    def _card(
        self, found: Found, values: Float32, picture: Image.Image | None, largest: float
    ) -> MapCard:
        laid = None
        if picture is not None:
            laid = overlay(picture, values, largest)
            if self._overlays is not None:
                # the name alone: a store must not choose the folder
                name = Path(f"{found['explanation_id']}.png").name
                save_picture(laid, self._overlays / name)
        predicted = found["predicted"]
        if predicted is None and found["value"] is not None:
            predicted = f"{found['value']:.1f}"
        return MapCard(
            encoder=found["encoder"],
            classifier=found["classifier"],
            method=found["method"],
            target=found["target"],
            score=found["score"],
            predicted=predicted,
            is_correct=found["is_correct"],
            r_squared=found["r_squared"],
            r_squared_left_out=found["r_squared_left_out"],
            shares=tuple(self._thirds.get(found["explanation_id"], ())),
            overlay=None if laid is None else data_uri(laid),
        )

    def _picture(self, image_id: str, encoder_id: int) -> Image.Image | None:
        """Return what an encoder is given of an image; None if it is not there any more."""
        if image_id not in self._files:
            return None
        try:
            image = read_known_image(self._files[image_id], image_id)
        except InputError:
            return None
        if encoder_id not in self._show:
            self._show[encoder_id] = seen_by(self._encoders[encoder_id].record.preprocessing)
        return picture_of(self._show[encoder_id](image))


def _grid(found: Found) -> tuple[int, int]:
    return found["grid_rows"], found["grid_cols"]


def save_picture(image: Image.Image, file: Path) -> None:
    """Write a PNG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file, "PNG")


def _label(found: Found) -> str | None:
    """Return the label of the attribute that the classifier predicts, a number where it is one."""
    label: str | None = found["label"]
    if found["value"] is not None and found["label_value"] is not None:
        label = f"{found['label_value']:g}"
    return label


def _by_sample(found: Sequence[Found]) -> list[list[Found]]:
    """Group maps by sample, in the order in which samples come first."""
    place: dict[int, int] = {}
    for each in found:
        place.setdefault(each["sample_id"], len(place))
    ordered = sorted(found, key=lambda each: place[each["sample_id"]])
    return [list(maps) for _, maps in groupby(ordered, key=lambda each: each["sample_id"])]
