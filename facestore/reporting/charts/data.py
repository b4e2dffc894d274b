"""Charts of what is in the data: labels, and race by age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from facestore.reporting.charts.base import (
    COLOURS,
    HEAT,
    ROW,
    Chart,
    Context,
    finished,
    parted,
    place,
    tooltip,
    values,
)
from facestore.reporting.tables import Table, percent

# Room to the right of the longest bar for its count and share, as a part of it; on a phone more.
_ROOM = 1.9
_CELL = 26
_MOST_DIGITS = 10_000
_LONGEST = 24


def label_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw how many samples have each label, a panel an attribute."""
    charts = []
    parts = parted(table.records, "dataset", "split", "attribute")
    for (dataset, split, attribute), rows in parts.items():
        told = "; ".join(
            f"{row['label']}: {row['n_samples']:,}, {percent(row['fraction'])}" for row in rows
        )
        title = f"Samples by {attribute}: {place(dataset, split)}"
        charts.append(
            Chart(
                title, f"{told}.", _bars(rows), caption=_caption(parts, dataset, split, attribute)
            )
        )
    return charts


def _bars(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    import altair as alt

    drawn = [{**row, "said": f"{row['n_samples']:,}  {percent(row['fraction'])}"} for row in rows]
    most = max((row["n_samples"] for row in rows), default=0) or 1
    scale = alt.Scale(domain=[0, most * _ROOM], nice=False)
    base = alt.Chart(values(drawn)).encode(
        x=alt.X("n_samples:Q", scale=scale, axis=None),
        y=alt.Y("label:N", sort=None, title=None, axis=_names()),
        tooltip=tooltip(label__s="label", n_samples__n="n", fraction__q="share"),
    )
    chart = alt.layer(
        base.mark_bar(fill=COLOURS[0]),
        base.mark_text(align="left", dx=5, fontSize=12).encode(text=alt.Text("said:N")),
    ).properties(height=ROW * len(rows))
    return finished(chart)


def population_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw how many samples there are of each race and age, a panel a gender; darker is more."""
    charts = []
    parts = parted(table.records, "dataset", "split", "gender")
    for (dataset, split, gender), rows in parts.items():
        alike = [row for row in table.records if (row["dataset"], row["split"]) == (dataset, split)]
        most = max(row["n_samples"] for row in alike)
        top = max(rows, key=lambda row: int(row["n_samples"]))
        told = (
            f"A cell a race and age, with its number of samples. Most: {top['n_samples']:,} of "
            f"{top['race']} {top['age']}."
        )
        title = f"{gender} by race and age: {place(dataset, split)}"
        spec = _population(rows, alike, most)
        charts.append(Chart(title, told, spec, caption=_caption(parts, dataset, split, gender)))
    return charts


def _population(
    rows: Sequence[Mapping[str, Any]], alike: Sequence[Mapping[str, Any]], most: int
) -> dict[str, Any]:
    import altair as alt

    drawn = [{**row, "said": _count(row["n_samples"])} for row in rows]
    ages = list(dict.fromkeys(row["age"] for row in sorted(alike, key=_by_age)))
    races = sorted({row["race"] for row in alike})
    base = alt.Chart(values(drawn)).encode(
        x=alt.X(
            "race:N",
            scale=alt.Scale(domain=races),
            title=None,
            axis=_names(orient="top", labelAngle=-40),
        ),
        y=alt.Y("age:N", scale=alt.Scale(domain=ages), title=None, axis=_names()),
        tooltip=tooltip(
            gender__s="gender", race__s="race", age__s="age", n_samples__n="n",
            fraction__q="share of the race",
        ),
    )  # fmt: skip
    shade = alt.Scale(domain=[0, most], range=[0.03, 0.55])
    chart = alt.layer(
        base.mark_rect(fill=HEAT).encode(
            fillOpacity=alt.FillOpacity("n_samples:Q", scale=shade, legend=None)
        ),
        base.mark_text(fontSize=11).encode(text=alt.Text("said:N")),
    ).properties(
        height=_CELL * len(ages),
        # the last of the slanted names of races leans out to the right
        padding={"left": 5, "top": 5, "right": 45, "bottom": 5},
    )
    return finished(chart)


def _by_age(row: Mapping[str, Any]) -> tuple[bool, int]:
    return (row["age_ordinal"] is None, row["age_ordinal"] or 0)


def _caption(
    parts: Mapping[tuple[Any, ...], Any], dataset: str, split: str | None, panel: str
) -> str:
    """Say what tells a panel from the others."""
    several = len({key[:2] for key in parts}) > 1
    return f"{panel} ({place(dataset, split)})" if several else panel


def _names(**options: Any) -> Any:
    """Return an axis of names, long ones shortened: a class may have 200 letters."""
    import altair as alt

    cut = f"slice(datum.label, 0, {_LONGEST - 1}) + '…'"
    shown = f"length(datum.label) > {_LONGEST} ? {cut} : datum.label"
    return alt.Axis(labelExpr=shown, domain=False, ticks=False, **options)


def _count(n: int) -> str:
    return f"{n:,}" if n < _MOST_DIGITS else f"{n / 1000:,.0f}k"
