"""The HTML page of explanations: pictures beside their maps, and shares of regions by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from facestore.reporting.page import MAX_OPEN_ROWS, Provenance, environment
from facestore.reporting.tables import Table


@dataclass(frozen=True)
class MapCard:
    """One map.

    Attributes
    ----------
    encoder, classifier, method, target
        What was asked; classifier is None for texts.
    score
        Of the target.
    predicted
        What the classifier says; None: it says nothing, or there is none.
    is_correct
        Whether that is the label; None: not known.
    r_squared, r_squared_left_out
        Of LIME; None for other methods.
    shares
        (region, share of the positive relevance) in the thirds of the rows; empty: there is none.
    overlay
        A WebP as a `data:` URI; None where there is no picture.
    """

    encoder: str
    classifier: str | None
    method: str
    target: str
    score: float
    predicted: str | None
    is_correct: bool | None
    r_squared: float | None
    r_squared_left_out: float | None
    shares: tuple[tuple[str, float], ...]
    overlay: str | None

    @property
    def asked(self) -> str:
        """Who was asked: the classifier, or the encoder."""
        return self.encoder if self.classifier is None else self.classifier


@dataclass(frozen=True)
class MapRow:
    """One sample and its maps, side by side.

    Attributes
    ----------
    dataset, path, split, label
        The sample; label is that of the classifier's attribute, None without one.
    picture
        What the model was given, as a `data:` URI; None where there is no picture.
    maps
        Its maps.
    largest
        Where the scale of colours of its maps ends: times an even spread of a map's relevance.
    """

    dataset: str
    path: str
    split: str | None
    label: str | None
    picture: str | None
    maps: tuple[MapCard, ...]
    largest: float

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Who was asked, and by which method, each once."""
        return list(dict.fromkeys((each.asked, each.method) for each in self.maps))

    @property
    def grid(self) -> list[tuple[str, list[list[MapCard]]]]:
        """What was asked, with the maps of each column; empty where one line shows all."""
        targets = list(dict.fromkeys(each.target for each in self.maps))
        if len(targets) < 2 or len(self.columns) < 2:
            return []
        return [
            (target, [self._of(target, *column) for column in self.columns]) for target in targets
        ]

    def _of(self, target: str, asked: str, method: str) -> list[MapCard]:
        wanted = (target, asked, method)
        return [each for each in self.maps if (each.target, each.asked, each.method) == wanted]


@dataclass(frozen=True)
class MapPart:
    """A part of the page: rows under a heading.

    Attributes
    ----------
    anchor, title, text
        Its heading.
    rows
        Samples.
    n_left_out
        How many more there are, which are not shown.
    """

    anchor: str
    title: str
    text: str
    rows: tuple[MapRow, ...]
    n_left_out: int = 0


def render_explanations(
    title: str,
    parts: Sequence[MapPart],
    tables: Sequence[Table],
    provenance: Provenance,
    templates: Path,
) -> str:
    """Render the page; it needs nothing else and loads nothing.

    Parameters
    ----------
    title
        What was asked.
    parts
        Pictures and maps.
    tables
        What the views say of the maps by group; one without rows is left out.
    provenance
        What made it.
    templates
        Folder with `explanations.html.j2`.
    """
    page = environment(templates).get_template("explanations.html.j2")
    return page.render(
        title=title,
        parts=[part for part in parts if part.rows],
        tables=[table for table in tables if table.rows],
        provenance=provenance,
        max_open_rows=MAX_OPEN_ROWS,
    )
