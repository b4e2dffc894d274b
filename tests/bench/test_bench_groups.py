"""accuracy_by_group for many classifiers, all pairs and triples of three attributes; their report."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from support.reported import Page
from support.rows import classifier, fill

from facestore import resources
from facestore.progress import SilentProgress
from facestore.reporting.charts import script_bundle
from facestore.reporting.page import Provenance, render_report
from facestore.reporting.queries import read_queries
from facestore.reporting.report import ReportOptions, gather

FAIRFACE, N_CLASSIFIERS = 10_954, 20
ATTRIBUTES = ("gender", "race", "age")


@pytest.fixture
def judged(con, sized):
    """Fill samples, three labels of each and predictions of gender; return them as one table."""
    n = sized(FAIRFACE, 400)
    rng = np.random.default_rng(1)
    con.execute(
        "insert into samples select i, 'faces', i || '.jpg', null, 'val', null, null, null "
        f"from range({n}) as t (i)"
    )
    faces = pl.DataFrame({"sample_id": np.arange(n, dtype=np.int32)})
    for attribute in ATTRIBUTES:
        named = con.execute(
            "select class from classes where attribute = ? order by ordinal", [attribute]
        ).fetchnumpy()["class"]
        faces = faces.with_columns(pl.Series(attribute, rng.choice(named.astype(str), n)))
    con.register("faces", faces.to_arrow())
    con.execute(
        "insert into labels select sample_id, attribute, label, null from "
        "(unpivot faces on gender, race, age into name attribute value label)"
    )
    con.execute("insert into datasets values ('faces', '/faces', 'folder', now())")
    fill(con, classifiers=[classifier(i, f"c{i}") for i in range(1, N_CLASSIFIERS + 1)])
    said = pl.concat(
        faces.select(
            pl.lit(i, pl.Int32).alias("classifier_id"),
            "sample_id",
            pl.when(pl.Series(rng.random(n) < 0.9))
            .then("gender")
            .otherwise(pl.lit("Male"))
            .alias("predicted"),
        )
        for i in range(1, N_CLASSIFIERS + 1)
    )
    con.register("said", said.to_arrow())
    con.execute("insert into predictions select *, null, null, null from said")
    return faces.join(said, on="sample_id")


@pytest.mark.parametrize(
    "attributes", [("race",), ("age", "gender"), ATTRIBUTES], ids=lambda names: "-".join(names)
)
def test_accuracy_by_group(benchmark, con, judged, attributes):
    query = "select classifier, group_attribute, group_name, n_samples, n_correct from accuracy_by_group"
    found = benchmark.pedantic(lambda: con.execute(query).fetchall(), rounds=3, warmup_rounds=1)
    names = sorted(attributes)
    cells = {row[:3]: row[3:] for row in found if row[1] == " x ".join(names)}
    expected = judged.group_by("classifier_id", *names).agg(
        pl.len(), (pl.col("predicted") == pl.col("gender")).sum().alias("right")
    )
    assert len(cells) == len(expected)
    for classifier_id, *cell, n_samples, n_right in expected.iter_rows():
        key = (f"c{classifier_id}", " x ".join(names), " x ".join(cell))
        assert cells[key] == (n_samples, n_right)


@pytest.mark.parametrize("n_named", [0, N_CLASSIFIERS], ids=["best", "all-named"])
def test_report(benchmark, con, judged, record, timed, sized, n_named):
    """The pages of the classifiers, against the drawing of their charts by vl-convert alone."""
    import vl_convert

    templates = resources.folder("reports")
    queries = read_queries(templates / "queries")
    provenance = Provenance(datetime(2026, 1, 1, tzinfo=UTC), {"facestore": "0"})
    named = [f"c{i}" for i in range(1, sized(n_named, min(n_named, 2)) + 1)]

    def report():
        script_bundle.cache_clear()
        with con.cursor() as own:
            contents = gather(own, queries, ReportOptions(classifiers=named), SilentProgress())
        return render_report(contents, provenance, templates)

    files = benchmark.pedantic(report, rounds=sized(3, 1), warmup_rounds=1)
    pages = [content for name, content in files.items() if name.endswith(".html")]
    specs = [spec for html in pages for spec in Page(html).specs]
    assert len(specs) >= 6

    def draw():
        script_bundle.cache_clear()
        return [script_bundle(), *map(vl_convert.vegalite_to_svg, specs)]

    _, seconds_drawing = timed(draw, rounds=1)
    n_bytes = sum(len(content.encode()) for content in files.values())
    assert n_bytes < 6_000_000
    record(
        share_of_drawing=lambda seconds: seconds_drawing / seconds,
        charts=len(specs),
        megabytes=n_bytes / 1e6,
    )
