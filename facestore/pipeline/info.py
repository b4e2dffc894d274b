"""What is in a store, of both halves."""

from __future__ import annotations

from pathlib import Path

from facestore.pipeline.context import Stores


def contents(stores: Stores, folder: Path) -> list[tuple[str, str, int, str]]:
    """Return kind, name, number and details of each part of a store.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    """
    rows: list[tuple[str, str, int, str]] = (
        stores.catalog.database.reader()
        .execute("select kind, name, n, details from store_contents")
        .fetchall()
    )
    for encoder in stores.catalog.encoders.all():
        n_images = stores.vectors.images(encoder.vectors).count()
        n_texts = stores.vectors.texts(encoder.vectors).count()
        rows.append(("vectors", encoder.name, n_images, f"image vectors; {n_texts:,} of prompts"))
    n_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    rows.append(("size", str(folder), n_bytes, f"bytes, {n_bytes / 2**20:,.1f} MiB"))
    return rows
