"""Charts of cells, bars and points: labels, age pyramids, groups of three labels, ages, models."""

from collections.abc import Mapping, Sequence
from typing import Any

from facestore.errors import counted
from facestore.reporting.charts.base import (
    COLOURS,
    ROW,
    SHAPES,
    Chart,
    Context,
    finished,
    parted,
    place,
    told_apart,
    tooltip,
    values,
)
from facestore.reporting.tables import Table

_HEIGHT = 300


def label_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw how many samples have each label, one chart a data set and split."""
    import altair as alt

    charts = []
    for (dataset, split), rows in parted(table.records, "dataset", "split").items():
        named = [{**row, "name": f"{row['attribute']}: {row['label']}"} for row in rows]
        chart = (
            alt.Chart(values(named))
            .mark_bar(fill=COLOURS[0])
            .encode(
                x=alt.X("n_samples:Q", title="samples"),
                y=alt.Y("name:N", sort=None, title=None),
                tooltip=tooltip(name__s="label", n_samples__n="n", fraction__q="fraction"),
            )
            .properties(height=ROW * len(rows))
        )
        told = "; ".join(f"{row['name']}: {row['n_samples']:,}" for row in named)
        title = f"Samples by label: {place(dataset, split)}"
        charts.append(Chart(title, f"{told}.", finished(chart)))
    return charts


def pyramid_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw men and women by age, a small chart a race, the youngest at the bottom."""
    import altair as alt

    charts = []
    for (dataset, split), rows in parted(table.records, "dataset", "split").items():
        genders = list(dict.fromkeys(sorted(row["gender"] for row in rows)))
        ages = list(dict.fromkeys(row["age"] for row in rows))
        if len(genders) != 2:
            continue
        # the first gender goes to the left, as a negative number; the axis shows no sign
        sided = [
            {**row, "side": (-1 if row["gender"] == genders[0] else 1) * row["n_samples"]}
            for row in rows
        ]
        chart = (
            alt.Chart(values(sided))
            .mark_bar()
            .encode(
                x=alt.X(
                    "side:Q",
                    title="samples",
                    axis=alt.Axis(labelExpr="format(abs(datum.value), ',d')", tickCount=5),
                ),
                y=alt.Y("age:N", sort=ages[::-1], title=None),
                color=alt.Color("gender:N", scale=told_apart(genders, COLOURS)),
                tooltip=tooltip(
                    race__s="race", age__s="age", gender__s="gender", n_samples__n="n",
                    fraction__q="fraction of the race",
                ),
            )
            .properties(width=180, height=alt.Step(14))
            .facet(alt.Facet("race:N", title=None), columns=3)
        )  # fmt: skip
        told = "; ".join(
            f"{race}: most are {top['gender']} {top['age']}, {top['n_samples']:,}"
            for (race,), part in parted(rows, "race").items()
            for top in [max(part, key=lambda row: int(row["n_samples"]))]
        )
        title = f"Age and gender by race: {place(dataset, split)}"
        sides = f"{genders[0]} to the left, {genders[1]} to the right. "
        charts.append(Chart(title, f"{sides}{told}.", finished(chart, fits=False)))
    return charts


def model_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw the accuracy of each classifier against that of its worst group."""
    charts = []
    for key, rows in parted(table.records, "dataset", "split", "attribute").items():
        dataset, split, attribute = key
        drawn = [
            {**row, "model": _model(row)} for row in rows if row["worst_group_accuracy"] is not None
        ]
        if len(drawn) < 2:
            continue
        title = f"Accuracy against the worst group: {attribute} on {place(dataset, split)}"
        best = max(drawn, key=lambda row: float(row["worst_group_accuracy"]))
        told = (
            f"{counted(len(drawn), 'classifier')}. The highest accuracy of a worst group is "
            f"{best['worst_group_accuracy']:.4f}, by {best['classifier']} for "
            f"{best['worst_group']} (n {best['n_samples_worst']:,})."
        )
        spec = _points(
            drawn, ("accuracy", "accuracy overall"), ("worst_group_accuracy", "of the worst group"),
            ("model", "classifier", "worst_group"),
        )  # fmt: skip
        charts.append(Chart(title, told, spec))
    return charts


def published_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw measured against published figures, one chart a source."""
    charts = []
    for (source,), rows in parted(table.records, "source").items():
        drawn = [row for row in rows if row["measured"] is not None]
        if len(drawn) < 2:
            continue
        far = max(drawn, key=lambda row: abs(row["difference"]))
        told = (
            f"{counted(len(drawn), 'figure')}. They differ most in {far['metric']} of "
            f"{far['group_name'] or far['group_attribute']}: published {far['published']:.4f}, "
            f"measured {far['measured']:.4f}."
        )
        spec = _points(
            drawn, ("published", "published"), ("measured", "measured here"),
            ("metric", "classifier", "group_name"), diagonal=True,
        )  # fmt: skip
        charts.append(Chart(f"Published against measured: {source}", told, spec))
    return charts


def _points(
    rows: Sequence[Mapping[str, Any]],
    x: tuple[str, str],
    y: tuple[str, str],
    names: tuple[str, str, str],
    *,
    diagonal: bool = False,
) -> dict[str, Any]:
    """Draw points of two figures, told apart by the first of the names."""
    import altair as alt

    kinds = list(dict.fromkeys(row[names[0]] for row in rows))
    scale = alt.Scale(zero=False)
    shown = {f"{name}__s": name.replace("_", " ") for name in names}
    shown |= {f"{x[0]}__q": x[1], f"{y[0]}__q": y[1]}
    legend: Any = alt.Legend() if len(kinds) > 1 else None
    chart: Any = (
        alt.Chart(values(rows))
        .mark_point(filled=True, size=70, opacity=0.8)
        .encode(
            x=alt.X(f"{x[0]}:Q", title=x[1], scale=scale),
            y=alt.Y(f"{y[0]}:Q", title=y[1], scale=scale),
            color=alt.Color(f"{names[0]}:N", scale=told_apart(kinds, COLOURS), legend=legend),
            shape=alt.Shape(f"{names[0]}:N", scale=told_apart(kinds, SHAPES), legend=legend),
            tooltip=tooltip(**shown),
        )
    )
    if diagonal:
        ends = [row[name] for row in rows for name in (x[0], y[0])]
        chart = alt.layer(_diagonal(min(ends), max(ends), x[0], y[0], scale, scale), chart)
    return finished(chart.properties(height=_HEIGHT))


def _diagonal(low: float, high: float, x: str, y: str, x_scale: Any, y_scale: Any) -> Any:
    """Draw where two figures are equal."""
    import altair as alt

    ends = alt.Data(values=[{x: low, y: low}, {x: high, y: high}])
    return (
        alt.Chart(ends)
        .mark_line(stroke="currentColor", strokeDash=[4, 3], opacity=0.6)
        .encode(x=alt.X(f"{x}:Q", scale=x_scale), y=alt.Y(f"{y}:Q", scale=y_scale))
    )


def _model(row: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (row["architecture"], row["pretrained"]))) or "no model named"
