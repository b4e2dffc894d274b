"""Gallery: find the files of samples, make thumbnails, write the page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from facestore import resources
from facestore.catalog.lookup import Hit
from facestore.errors import InputError
from facestore.pipeline.classify_images import file_of
from facestore.pipeline.context import Stores, versions
from facestore.pipeline.demo import DATASET as SYNTHETIC_DATASET
from facestore.pipeline.report import replace_file
from facestore.reporting import Card, Provenance, render_gallery, thumbnail


def write_gallery(
    stores: Stores, file: Path, question: str, hits: Sequence[Hit], images: Path | None
) -> Path:
    """Write hits as an HTML page with thumbnails.

    Parameters
    ----------
    stores
        The store; it is only read.
    file
        The page.
    question
        What was asked.
    hits
        The answer.
    images
        Folder of the pictures; None: that from which their data set was ingested.

    Raises
    ------
    InputError
        If `images` is no folder.
    """
    if images is not None and not images.is_dir():
        message = f"'{images}' is no folder: give --images the folder that the paths start in."
        raise InputError(message)
    folders = {
        dataset: images or Path(source)
        for dataset, source in stores.catalog.samples.folders().items()
    }
    cards = [
        Card(
            hit.rank, hit.cosine, hit.dataset, hit.path, hit.split, hit.labels,
            _thumbnail(hit, folders, images),
        )
        for hit in hits
    ]  # fmt: skip
    provenance = Provenance(
        made_at=datetime.now(UTC),
        versions=versions(),
        is_synthetic=any(hit.dataset == SYNTHETIC_DATASET for hit in hits),
    )
    page = render_gallery(question, cards, provenance, resources.folder("reports"))
    file.parent.mkdir(parents=True, exist_ok=True)
    return replace_file(file, page)


def _thumbnail(hit: Hit, folders: Mapping[str, Path], images: Path | None) -> str | None:
    """Return the picture of a sample where its file is there and is still the same."""
    folder = folders.get(hit.dataset, images)
    if folder is None:
        return None
    file = file_of(folder, hit.path).resolve()
    # a path comes from a label table, which may say anything
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        return None
    content = file.read_bytes()
    if hit.image_id is not None and hashlib.sha256(content).hexdigest() != hit.image_id:
        return None
    return thumbnail(content)
