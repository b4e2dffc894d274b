"""Gallery: find the files of samples, make thumbnails, write the page."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from facestore import resources
from facestore.catalog.lookup import Hit
from facestore.config import SYNTHETIC_DATASET
from facestore.records import AnyPath
from facestore.reporting.gallery import Card, render_gallery
from facestore.reporting.output import replace_file
from facestore.reporting.page import Provenance
from facestore.reporting.thumbnails import find_thumbnail
from facestore.stores import Stores, folder_of_pictures, pictures_of, versions


def write_gallery(
    store: Stores,
    file: AnyPath,
    question: str,
    hits: Sequence[Hit],
    *,
    images: AnyPath | None = None,
) -> Path:
    """Write hits as an HTML page with thumbnails; return it.

    Parameters
    ----------
    store
        The store; it is only read.
    file
        The page; one that is there is replaced.
    question
        What was asked; it stands above the answer.
    hits
        As `near` and `search` return them.
    images
        Folder of the pictures, besides those from which their data set was ingested.

    Raises
    ------
    InputError
        If `images` is no folder.
    OutputError
        If a store has its own files there.
    """
    file = store.output(file)
    pictures = pictures_of(store, None if images is None else folder_of_pictures(images))
    cards = [
        Card(
            hit.rank, hit.cosine, hit.dataset, hit.path, hit.split, hit.labels,
            find_thumbnail(pictures.get(hit.dataset), hit.path, hit.image_id),
        )
        for hit in hits
    ]  # fmt: skip
    provenance = Provenance(
        made_at=datetime.now(UTC),
        versions=versions(),
        is_synthetic=any(hit.dataset == SYNTHETIC_DATASET for hit in hits),
    )
    page = render_gallery(question, cards, provenance, resources.folder("reports"))
    return replace_file(file, page)
