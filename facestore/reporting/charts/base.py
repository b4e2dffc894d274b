"""What all charts share: colours, axes, and their two forms, a specification and a static SVG.

Colours are CSS variables and `currentColor`, which the style sheet sets for light, dark and print,
in the browser's drawing as in the static one. Series differ in dash and shape too, so that they
are told apart without colour.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from facestore.config import CHARTS_ADDRESS_SPACE
from facestore.faults import require_address_space
from facestore.reporting.charts.bundle import vega_lite_version
from facestore.reporting.links import Links
from facestore.reporting.tables import BlockKey

if TYPE_CHECKING:
    import altair

# Okabe and Ito's palette, which people with colour blindness tell apart, as the style sheet has it.
N_COLOURS = 7
COLOURS = [f"var(--series-{i})" for i in range(1, N_COLOURS + 1)]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross"]
HEAT = "var(--heat)"
ROW = 22
# Layers whose names begin so are drawn only where the page is wide, or only where it is narrow, as
# on a phone; the static form is wide.
WIDE, NARROW = "wide", "narrow"
# In the browser a chart is as wide as the page; on paper and without scripts it has this width.
STATIC_WIDTH = 640
# Names of classifiers are long, and end in what tells them apart: they go on over lines. Before a
# name is broken, its axis has so many pixels, and a character about so many.
_LABEL_LIMIT = 260
_CHARACTER = 7.2
_LINE = 13
# A count, as in "Black (n 1,556)"; a word with the separator after it; a word.
_PIECE = re.compile(r"\(n [\d,]+\)|[^\s_,:/-]*[\s_,:/-]|[^\s_,:/-]+")
_LINES_OF_NAMES = "split(datum.label, '\\n')"


@dataclass(frozen=True)
class Context:
    """What charts need of the report they stand in.

    Attributes
    ----------
    shown
        Classifiers that the report shows unfolded: only they have charts of their own.
    names
        Short names of classifiers; one that has none is written in full.
    links
        Where groups and cells lead to.
    """

    shown: Sequence[BlockKey] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    links: Links = field(default_factory=Links)

    def name(self, classifier: str) -> str:
        """Return the short name of a classifier."""
        return self.names.get(classifier, classifier)


@dataclass(frozen=True)
class Chart:
    """A drawn chart.

    Attributes
    ----------
    title
        What it shows.
    description
        The same in words, for who does not see it.
    spec
        Vega-Lite, with its data: names and numbers that a table of the page has, too.
    key
        Whose figures it shows; None: of several classifiers, or of the data.
    caption
        What a reader sees above it: what tells it from the other charts beside it; may be empty.
    """

    title: str
    description: str
    spec: dict[str, Any]
    key: BlockKey | None = None
    caption: str = ""

    @cached_property
    def svg(self) -> str:
        """The static form; texts in it are escaped."""
        svg: str = _converter().vegalite_to_svg(_static(self.spec), vl_version=vega_lite_version())
        return svg


def _converter() -> Any:
    require_address_space(CHARTS_ADDRESS_SPACE, "the drawing of charts")
    import vl_convert

    return vl_convert


def finished(chart: altair.TopLevelMixin, *, fits: bool = True) -> dict[str, Any]:
    """Return the specification of a chart whose colours and fonts follow the text around it.

    Parameters
    ----------
    chart
        From altair.
    fits
        Whether it is as wide as the page; charts in facets cannot be, and others need a height in
        pixels (of one in steps a row, Vega-Lite would complain on the console).
    """
    text: dict[str, Any] = {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "labelFontSize": 12,
    }
    axis: dict[str, Any] = dict.fromkeys(("domainColor", "tickColor", "gridColor"), "currentColor")
    axis |= {"gridOpacity": 0.15, "domainOpacity": 0.5, "tickOpacity": 0.5}
    axis |= {"titleFontWeight": "normal", "titleFontSize": 12, "labelLimit": _LABEL_LIMIT}
    config = {
        "background": "transparent",
        "font": "system-ui, sans-serif",
        "aria": False,  # the figure is described as a whole
        "view": {"stroke": None},
        "axis": text | axis,
        "header": text | {"titleFontSize": 12},
        "legend": text
        | {"orient": "bottom", "columns": 1, "labelLimit": 0, "title": None}
        | {"symbolOpacity": 1, "symbolSize": 70, "symbolStrokeWidth": 1},
        "text": {"color": "currentColor", "fontSize": 11},
    }
    spec: dict[str, Any] = _with_data_once(chart.to_dict(validate=False))
    spec["config"] = config
    if fits:
        spec["width"] = "container"
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    return spec


def _with_data_once(spec: dict[str, Any]) -> dict[str, Any]:
    """Give the data of most layers to the whole chart: altair writes it into each of them."""
    layers = spec.get("layer", [])
    written = [json.dumps(part["data"], sort_keys=True) for part in layers if "data" in part]
    if not written or "data" in spec:
        return spec
    most = max(written, key=written.count)
    for part in layers:
        if "data" in part and json.dumps(part["data"], sort_keys=True) == most:
            spec["data"] = part.pop("data")
    return spec


def name_axis(field: str) -> altair.Y:
    """Return the axis of a chart with a row a name; long names go on over several lines.

    Lines are broken when the chart is drawn, by how wide it is: here for the static form, in
    `report.js.j2` for the browser. The field has to be `label`.
    """
    import altair as alt

    up = f"-{_LINE / 2} * (length(split(datum.value, '\\n')) - 1)"  # Vega centres the first line
    offset = {"condition": {"test": "true", "expr": up}, "value": 0}
    axis = alt.Axis(labelExpr=_LINES_OF_NAMES, labelLineHeight=_LINE, labelOffset=offset)
    return alt.Y(f"{field}:N", sort=None, title=None, axis=axis)


def percent_axis(decimals: int = 0, title: str | None = None, **options: Any) -> altair.Axis:
    """Return the axis of a fraction, in percent."""
    import altair as alt

    label = f"format(100 * datum.value, '.{decimals}f') + ' %'"
    return alt.Axis(title=title, labelExpr=label, **options)


def in_lines(name: str, most: int) -> str:
    """Break a name into lines of at most so many characters, after separators where it has any."""
    lines = [""]
    for piece in _PIECE.findall(name):
        rest = piece
        if len(lines[-1]) + len(rest.rstrip()) > most and lines[-1]:
            lines.append("")
        while len(rest.rstrip()) > most:
            lines[-1] += rest[:most]
            rest = rest[most:]
            lines.append("")
        lines[-1] += rest
    return "\n".join(line.rstrip() for line in lines)


def values(rows: Iterable[Mapping[str, Any]]) -> altair.Data:
    """Return rows as inline data: what JSON knows of them, names, counts and fractions."""
    import altair as alt

    plain = (str, int, float)
    made = ({k: v for k, v in row.items() if isinstance(v, plain)} for row in rows)
    # no list: altair copies those at every step of a chart
    return alt.Data(values=tuple(made))


def told_apart(names: Sequence[str], by: Sequence[Any]) -> altair.Scale:
    """Give each name a colour, a dash or a shape."""
    import altair as alt

    return alt.Scale(domain=list(names), range=[by[i % len(by)] for i in range(len(names))])


def tooltip(**titles: str) -> list[altair.Tooltip]:
    """Say what is shown of a mark under the pointer.

    Parameters
    ----------
    **titles
        Titles by field and kind, as in `accuracy__q`: `q` is a fraction, `n` a count, `g` any
        other number, `s` text.
    """
    import altair as alt

    formats = {"q": ".1%", "n": ",d", "g": ".4~g"}
    shown = []
    for described, title in titles.items():
        name, _, kind = described.rpartition("__")
        options = {"format": formats[kind]} if kind in formats else {}
        shown.append(alt.Tooltip(f"{name}:{'Q' if options else 'N'}", title=title, **options))
    return shown


def parted(
    rows: Iterable[Mapping[str, Any]], *names: str
) -> dict[tuple[Any, ...], list[Mapping[str, Any]]]:
    """Part rows by the values of some columns, in the order in which these come."""
    parts: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        parts.setdefault(tuple(row[name] for name in names), []).append(row)
    return parts


def place(dataset: str, split: str | None) -> str:
    """Name the data that a chart speaks of."""
    return f"{dataset}, {'no split' if split is None else split}"


def captioned(
    attribute: str, dataset: str, split: str | None, records: Sequence[Mapping[str, Any]]
) -> str:
    """Name what a chart is about, and its data where the table has several data sets or splits."""
    several = len({(row["dataset"], row["split"]) for row in records}) > 1
    return attribute.capitalize() + (f", {place(dataset, split)}" if several else "")


def _without_links(part: Any) -> Any:
    """Leave out addresses: the converter would make them absolute, of a site on the network."""
    if isinstance(part, Mapping):
        return {key: _without_links(value) for key, value in part.items() if key != "href"}
    return [_without_links(each) for each in part] if isinstance(part, list) else part


def _static(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Give a chart that would follow the page a width of its own."""
    spec = _without_links(spec)
    if spec.get("width") != "container":
        return dict(spec)
    made = copy.deepcopy({**spec, "width": STATIC_WIDTH})
    if "layer" in made:
        made["layer"] = [
            part for part in made["layer"] if not part.get("name", "").startswith(NARROW)
        ]
    axes = [part["encoding"].get("y", {}).get("axis") or {} for part in made.get("layer", [])]
    if not any(axis.get("labelExpr") == _LINES_OF_NAMES for axis in axes):
        return made
    most = int(_LABEL_LIMIT / _CHARACTER)
    n_lines = 1
    for part in (made, *made["layer"]):
        for row in part.get("data", {}).get("values", []):
            if "label" in row:
                row["label"] = in_lines(row["label"], most)
                n_lines = max(n_lines, row["label"].count("\n") + 1)
    made["height"] *= max(1, (n_lines * _LINE + 4) / ROW)
    return made
