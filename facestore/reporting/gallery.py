"""The HTML page of images that were found: thumbnails with their labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from facestore.reporting.page import Provenance, environment


@dataclass(frozen=True)
class Card:
    """One sample on the page.

    Attributes
    ----------
    rank, cosine, dataset, path, split, labels
        Of the sample.
    thumbnail
        A JPEG as a `data:` URI; None where there is no picture.
    """

    rank: int
    cosine: float
    dataset: str
    path: str
    split: str | None
    labels: dict[str, str]
    thumbnail: str | None


def render_gallery(
    question: str, cards: Sequence[Card], provenance: Provenance, templates: Path
) -> str:
    """Render the page; it needs nothing else and loads nothing.

    Parameters
    ----------
    question
        What was asked.
    cards
        The answer, best first.
    provenance
        What made it.
    templates
        Folder with `gallery.html.j2`.
    """
    page = environment(templates).get_template("gallery.html.j2")
    return page.render(title=question, cards=cards, provenance=provenance)
