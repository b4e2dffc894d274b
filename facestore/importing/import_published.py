"""Import figures that others published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from facestore.importing import read_published
from facestore.stores import Stores, recorded


@dataclass(frozen=True)
class PublishedSummary:
    """What an import of published figures changed.

    Attributes
    ----------
    n_figures
        Figures of the file.
    n_new, n_replaced
        Rows written, and rows of the same source that went for them.
    n_measured
        Figures that the store measures as well.
    ignored
        Columns that were not read.
    """

    n_figures: int
    n_new: int
    n_replaced: int
    n_measured: int
    ignored: tuple[str, ...]


def import_published(
    store: Stores,
    path: Path,
    *,
    constants: Mapping[str, str | int | None],
    renamed: Mapping[str, str],
) -> PublishedSummary:
    """Import figures that others published; they replace what the store has of their source.

    Raises
    ------
    TableError
        If the file is refused.
    """
    classes = store.catalog.samples.classes()
    figures, ignored = read_published(
        path,
        classes={name: [each.name for each in known] for name, known in classes.items()},
        constants={"source": path.stem} | {k: v for k, v in constants.items() if v is not None},
        renamed=renamed,
    )
    with (
        recorded(store, "import published", dict(constants) | {"path": path}) as counts,
        store.catalog.transaction(),
    ):
        changes = store.catalog.published.replace(figures)
        counts.update(asdict(changes))
        n_measured = store.catalog.published.n_measured(
            figures["source"].unique(maintain_order=True).to_list()
        )
    return PublishedSummary(
        n_figures=len(figures),
        n_measured=n_measured,
        ignored=ignored,
        **asdict(changes),
    )
