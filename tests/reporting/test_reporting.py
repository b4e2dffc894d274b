"""Pages of catalogues made for the question: what is said, escaped, left out, and never loaded."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import jinja2
import pytest
from support import rows
from support.reported import CLASSIFIER, DATASET, FILE, SCRIPT, Page, data_of, read_pages

from facestore import resources
from facestore.catalog import migrate, views
from facestore.catalog.counts import keep, uncount_datasets
from facestore.progress import SilentProgress
from facestore.reporting.charts import Context, charts_of
from facestore.reporting.charts.base import in_lines
from facestore.reporting.page import Provenance, environment, render_report
from facestore.reporting.pages import ALWAYS, DIFF_PAGE, PAGES
from facestore.reporting.queries import parse_query, read_queries
from facestore.reporting.report import ReportOptions, gather
from facestore.reporting.tables import Column

pytestmark = pytest.mark.xdist_group("reported")

TEMPLATES = resources.folder("reports")
QUERIES = read_queries(TEMPLATES / "queries")
PROVENANCE = Provenance(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), {"facestore": "0.0.1"})


@pytest.fixture(scope="module")
def pages(reported):
    return read_pages(reported / "out")


@pytest.fixture(scope="module")
def empty(all_views):
    """Give a catalogue without samples that no test fills: made once, for the many queries."""
    import duckdb

    with duckdb.connect() as connection:
        migrate.migrate(connection, migrate.load_migrations(resources.folder("migrations")))
        views.install_views(connection, all_views)
        yield connection


def page_of(con, name="summary", provenance=PROVENANCE) -> Page:
    """Render one page of a catalogue."""
    with con.cursor() as cursor:
        contents = gather(cursor, QUERIES, ReportOptions(only=[name]), SilentProgress())
    (page,) = (html for file, html in render_report(contents, provenance, TEMPLATES).items() if file.endswith(".html"))  # fmt: skip
    return Page(page)


def asked_for(page: Page) -> set[str]:
    """Give the commands which the page says would fill its gaps."""
    text = re.sub(r"\s+", " ", page.text)
    return set(re.findall(r"To fill this part: (facestore (?:import )?\w+)", text))


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_a_query_runs_on_an_empty_catalogue_and_says_what_it_shows(empty, query):
    assert len(query.title) > 3
    assert query.text.endswith(".")
    assert query.empty.endswith(".")
    tables = "select table_name from information_schema.tables"
    macros = "select distinct function_name from duckdb_functions() where not internal"
    known = {name for (name,) in empty.execute(f"{tables} union all {macros}").fetchall()}
    assert query.reads
    assert set(query.reads) <= known
    assert query.name == "fingerprint" or "\norder by" in query.sql
    relation = empty.sql(query.sql)
    assert query.head in {"", *relation.columns}
    always = {"fingerprint": 1, "duplicate_summary": 9, "trust": 5}
    assert len(relation.fetchall()) == always.get(query.name, 0)


def test_every_query_is_on_a_page_and_every_page_shows_its_queries(pages):
    used = {name for page in PAGES for name in page.queries}
    # the demo prints headlines on the terminal
    assert used == set(QUERIES) - {"headlines"}
    assert set(ALWAYS) <= used
    for page in PAGES:
        assert set(page.needs) <= set(page.queries)
        assert bool(page.needs) == bool(page.why) == bool(page.command)
        assert set(pages[page.file].sql) == set(page.queries)


def test_a_template_is_there_for_pages_only():
    names = {path.name.partition(".")[0] for path in (TEMPLATES / "pages").iterdir()}
    assert names - {page.name for page in (*PAGES, DIFF_PAGE)} == {"list"}


@pytest.mark.parametrize(
    "header", ["-- title: T\n-- text: t", "-- other: T\n-- text: t", "-- q:", ""]
)
def test_a_query_without_its_name_and_a_title_is_refused(header):
    with pytest.raises(ValueError, match=r"q\.sql: the first line has to be '-- q: "):
        parse_query("q", f"{header}\nselect 1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("-- q: T\nselect 1", "'-- text: ...' and a select are expected"),
        ("-- q: T\n-- text:\nselect 1", "'-- text: ...' and a select are expected"),
        ("-- q: T\n-- text: t\n", "'-- text: ...' and a select are expected"),
        ("-- q: T\n-- text: t\n-- lay: heap\nselect 1", "'-- lay: ...' is none of command, empty"),
        ("-- q: T\n-- text: t\n-- layout: heap\nselect 1", "layout is one of"),
        ("-- q: T\n-- text: t\n-- with: even odd\nselect 1", "there is no parts/odd.sql"),
    ],
)
def test_a_query_that_says_too_little_or_what_is_not_known_is_refused(content, said):
    with pytest.raises(ValueError, match=rf"q\.sql: {re.escape(said)}"):
        parse_query("q", content, {"even": "select 2"})


def test_the_text_of_a_query_goes_on_over_lines_and_names_no_cte():
    query = parse_query("q", "-- q: T\n-- text: one\n-- two\n-- fold: yes\nwith a as (\nselect 1 from v -- from no\n)\n"
                        "select x from a left join other.w on a.x is not distinct from w.x, macro(2)")  # fmt: skip
    assert (query.title, query.text, query.is_folded) == ("T", "one two", True)
    assert query.reads == ("v", "other.w", "macro")


@pytest.mark.parametrize(
    "sql", ["from even cross join odd", "with one as (select 1) select * from even, odd"]
)
def test_parts_that_a_query_names_go_before_it(con, sql):
    parts = {"odd": "with o as (select 3 as o) select o from o", "even": "-- even\nselect 2 as e"}
    header = "-- q: T\n-- text: t\n-- with: even odd\n"
    query = parse_query("q", header + sql, parts | {"not": "named"})
    assert con.sql(query.sql).fetchall() == [(2, 3)]
    assert query.reads == ()
    assert "named" not in query.sql


def test_a_query_that_is_limited_keeps_its_order_and_its_columns(con):
    query = parse_query("q", "-- q: T\n-- text: t\nselect * from (values ('b', 1), ('it''s', 2), ('a', 3), ('b', 4)) as t (classifier, n) order by n desc")  # fmt: skip
    limited = query.limited_to(["classifier", "n"], ["b", "it's"])
    assert con.sql(limited.sql).fetchall() == [("b", 4), ("it's", 2), ("b", 1)]
    assert query.limited_to(["n"], ["b"]) is query


@pytest.mark.parametrize(
    ("type_", "name", "value", "cell"),
    [
        ("DOUBLE", "accuracy", 0.96594, "0.9659"),
        ("DOUBLE", "accuracy", 0.0, "0.0000"),
        ("DOUBLE", "logit_scale", 100.0, "100.0"),
        ("DOUBLE", "p_value_holm", 0.00001234, "1.2e-05"),
        ("DOUBLE", "bias", -1.234, "-1.23"),
        ("BIGINT", "n_samples", 10954, "10,954"),
        ("BIGINT", "n_samples", 0, "0"),
        ("BOOLEAN", "is_inside", False, "no"),
        ("DECIMAL(12,1)", "seconds", 1234.5, "1,234.5"),
        ("TIMESTAMP", "added_at", datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),
        ("VARCHAR", "split", None, "–"),
        ("DOUBLE", "fraction", None, "–"),
    ],
)
def test_a_cell_is_written_by_its_type(type_, name, value, cell):
    assert Column.of(name, type_).cell(value) == cell


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_name_is_only_ever_text_and_nothing_is_loaded(page, pages):
    read = pages[page.file]
    for tag, attrs in read.tags:
        assert tag not in ("img", "b", "link", "iframe", "object", "embed", "image", "base")
        assert not [key for key in attrs if key.startswith("on")]
        assert not {"srcset", "action", "poster", "background", "xlink:href", "ping"} & set(attrs)
        assert re.fullmatch(r"#[\w-]*|\w+\.html(#[\w-]+)?", attrs.get("href") or "#")
        if tag == "script":
            assert attrs.get("src") in (None, "charts.js")
            assert attrs.get("type") == "application/json" or attrs.get("nonce")
    style = read.html[read.html.index("<style>") : read.html.index("</style>")]
    assert not re.search(r"url\(|@import|https?:", style)
    nonces = {attrs["nonce"] for _, attrs in read.tags if "nonce" in attrs}
    assert len(nonces) == 1
    assert f"script-src 'nonce-{nonces.pop()}'\"" in read.html.replace("&#39;", "'")


def test_hostile_names_are_there_as_text(pages):
    summary, mistakes = pages["index.html"], pages["mistakes.html"]
    assert FILE in pages["faces.html"].column("worst_by_group", "path", classifier=CLASSIFIER) + [
        cell.text for table in pages["data.html"].tables for row in table.rows for cell in row
    ]
    assert DATASET in pages["data.html"].column("datasets", "dataset")
    assert CLASSIFIER in summary.column("best_classifiers", "classifier")
    assert SCRIPT in mistakes.column("classification_report", "class", classifier="race guess")
    specs = [str(spec) for page in pages.values() for spec in page.specs]
    assert any(SCRIPT in spec for spec in specs)
    assert any(CLASSIFIER.replace("'", "\\'") in spec for spec in specs)
    svg = [text for page in pages.values() for tag, text in page.texts if tag == "text"]
    assert any(SCRIPT in text for text in svg)
    labels = [attrs.get("aria-label") or "" for page in pages.values() for _, attrs in page.tags]
    assert any(CLASSIFIER in label for label in labels)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_markup_is_sound(page, pages):
    read = pages[page.file]
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] or "" for tag, attrs in read.tags if tag == "a"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert [link for link in links if link.endswith(".html")] == [each.file for each in PAGES]
    assert [attrs["href"] for _, attrs in read.tags if "aria-current" in attrs] == [page.file]
    assert all("scope" in attrs for tag, attrs in read.tags if tag == "th")
    tags = [tag for tag, _ in read.tags]
    assert tags.count("table") == tags.count("caption")
    assert tags.count("h1") == 1
    charts = [attrs for _, attrs in read.tags if attrs.get("class") == "chart"]
    assert all(attrs["role"] == "img" and len(attrs["aria-label"] or "") > 40 for attrs in charts)
    assert tags.count("noscript") == len(charts)


def test_every_accuracy_stands_beside_its_n(pages):
    counts = ("n_samples", "n_samples_dedup", "n_samples_worst")
    for page in pages.values():
        for table in page.tables:
            if any("accuracy" in column for column in table.columns):
                assert set(counts) & set(table.columns), table.query


def test_intended_use_and_limits_are_on_the_first_page(pages):
    for words in ("perceived is no identity", "For research on bias", "not for surveillance"):
        assert words in pages["index.html"].text
    for words in ("What it is for", "What it is not for", "Perceived attributes", "Two genders"):
        assert words in pages["provenance.html"].text


def test_warnings_say_what_the_store_knows(pages):
    data = pages["data.html"]
    found = dict(zip(data.column("warnings", "warning"), data.column("warnings", "n"), strict=True))
    # samples 1, 2 and 71, 72 are one group by their hashes; train ends at sample 60
    assert found["groups of pictures that are the same or nearly so"] == "1"
    assert found["pairs of the same picture in two splits"] == "4"
    assert found["classifiers that miss some labelled samples"] == "1"


def test_an_empty_catalogue_names_the_first_command(con):
    page = page_of(con)
    assert asked_for(page) == {"facestore ingest"}
    assert {table.query for table in page.tables} <= {"trust"}


def test_the_next_step_is_the_one_that_is_missing(con):
    datasets = [{"dataset": "faces", "added_at": "2026-01-01"}]
    rows.fill(con, datasets=datasets, samples=rows.samples(2))
    assert asked_for(page_of(con)) == {"facestore import labels"}
    rows.fill(con, labels=rows.labels("race", ["White", "Black"]))
    assert asked_for(page_of(con)) == {"facestore import predictions"}
    rows.fill(con, encoders=[rows.encoder()])
    assert asked_for(page_of(con)) == {"facestore score"}
    classifiers = [rows.classifier()]
    rows.fill(con, classifiers=classifiers, predictions=rows.predictions(["Male", "Male"]))
    page = page_of(con)
    assert "No prediction meets a label of its attribute." in page.text
    assert asked_for(page) == {"facestore import labels"}


def judged(con, n=60):
    """Fill a catalogue with two gender classifiers."""
    rows.fill(
        con,
        datasets=[{"dataset": "faces", "source": "/home/me/faces", "added_at": "2026-01-01"}],
        classifiers=[rows.classifier(1, "good"), rows.classifier(2, "lucky")],
    )
    genders = ["Female", "Male"] * (n // 2)
    races = ["Black", *["White"] * (n - 1)]
    rows.load(
        con,
        samples=rows.samples(n),
        labels=rows.labels("gender", genders) + rows.labels("race", races),
        predictions=rows.predictions(["Male", *genders[1:]])
        + rows.predictions(["Female"], classifier_id=2),
    )


def test_the_best_classifier_is_not_one_judged_on_few_samples(con):
    judged(con)
    page = page_of(con)
    assert page.column("best_classifiers", "classifier") == ["good"]
    accuracies = dict(con.execute("select classifier, accuracy from classifier_summary").fetchall())
    assert accuracies["lucky"] == 1.0 > accuracies["good"]


def test_a_headline_says_which_share_of_the_samples_it_is_of(con):
    judged(con)
    assert "of those with a label" not in page_of(con).text
    con.execute("delete from predictions where classifier_id = 1 and sample_id > 45")
    page = page_of(con)
    said = re.sub(r"\s+", " ", page.text)
    assert "of 45 faces (75.0 % of those with a label)" in said
    assert "best of 2 on these faces" in said
    assert page.column("best_classifiers", "coverage") == ["0.7500"]


def test_a_headline_says_of_how_many_independent_samples_it_is(con):
    judged(con)
    keep(con)
    assert page_of(con).column("best_classifiers", "n_effective") == ["60"]
    # all pictures of a person are right, or wrong
    con.execute(
        "update samples set person_id = if(is_correct, judged.sample_id % 9, 10) from judged_predictions "
        "as judged where samples.sample_id = judged.sample_id and judged.classifier = 'good'"
    )
    uncount_datasets(con)
    keep(con)
    ((n,),) = con.execute(
        "select floor(n_effective) from classifier_summary where classifier = 'good'"
    ).fetchall()
    assert 5 < n < 60
    assert page_of(con).column("best_classifiers", "n_effective") == [f"{n:.0f}"]


def test_the_first_six_classifiers_that_are_named_have_charts(con):
    judged(con)
    for number in range(3, 9):
        rows.fill(con, classifiers=[rows.classifier(number, f"c{number}")])
        rows.load(con, predictions=rows.predictions(["Male"] * 60, classifier_id=number))
    named = [f"c{number}" for number in (8, 7, 6, 5, 4, 3)]
    options = ReportOptions(only=["groups"], classifiers=[*named, "good", "c8"])
    with con.cursor() as cursor:
        contents = gather(cursor, QUERIES, options, SilentProgress())
    assert [key.classifier for key in contents.shown] == named
    assert {block.key.classifier for block in contents.tables["groups"].blocks} == {*named, "good"}


def test_small_groups_show_their_count_and_no_rates(con):
    judged(con)
    con.execute("update settings set value = '5' where setting = 'min_samples'")
    page = page_of(con, "groups")
    table = page.table("groups", classifier="good")
    cells = {row[1].text: [cell.text for cell in row[2:]] for row in table.rows[1:]}
    assert cells["Black"][:5] == ["1", "0", "–", "–", "–"]
    assert "–" not in cells["White"][:5]
    assert "Groups of fewer than 5 samples" in page.text
    rows_drawn = [row for spec in page.specs for row in data_of(spec)]
    drawn = [row for row in rows_drawn if row.get("group_name") == "Black"]
    assert [row.get("value") for row in drawn] == [None]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("short", ["short"]),
        ("", [""]),
        ("one two three", ["one two", "three"]),
        ("one_two_three", ["one_two_", "three"]),
        ("abcdefghijklmnopqrst", ["abcdefgh", "ijklmnop", "qrst"]),
        ("a abcdefghijkl b", ["a", "abcdefgh", "ijkl b"]),
        ("12345678 90", ["12345678", "90"]),
        ("Indi (n 1,5)", ["Indi", "(n 1,5)"]),
    ],
)
def test_a_name_is_broken_after_its_separators(name, lines):
    assert in_lines(name, 8).split("\n") == lines


def test_groups_that_are_all_too_small_have_no_chart(con):
    judged(con)
    con.execute("update settings set value = '5000' where setting = 'min_samples'")
    with con.cursor() as cursor:
        contents = gather(cursor, QUERIES, ReportOptions(only=["groups"]), SilentProgress())
    assert contents.tables["groups"].n_rows == 8
    for name in ("groups", "group_cells"):
        assert charts_of(contents.tables[name], Context(contents.shown)) == []


def test_drawn_faces_are_called_drawings(con):
    judged(con)
    assert "Drawings, not people." not in page_of(con).text
    drawn = Provenance(PROVENANCE.made_at, PROVENANCE.versions, is_synthetic=True)
    assert "Drawings, not people." in page_of(con, provenance=drawn).text


def test_folders_of_the_machine_are_not_told(con):
    judged(con)
    arguments = '{"path": "/home/me/secret/faces.csv", "model": "open_clip:RN50/openai"}'
    times = {"started_at": "2026-01-01 10:00:00", "ended_at": "2026-01-01 10:00:02.5"}
    run = {"run_id": 1, "command": "import", "arguments": arguments, "outcome": "done"} | times
    rows.fill(con, runs=[run])
    page = page_of(con, "provenance")
    assert "/home/me" not in page.html + page_of(con).html
    assert page.column("runs", "arguments") == [
        '{"path": "faces.csv", "model": "open_clip:RN50/openai"}'
    ]
    assert page.column("runs", "seconds") == ["2.5"]


def test_the_fingerprint_changes_with_the_rows_and_is_on_every_page(con, pages):
    before = page_of(con, "provenance").column("fingerprint", "fingerprint")
    assert page_of(con, "provenance").column("fingerprint", "fingerprint") == before
    rows.fill(con, samples=rows.samples(1))
    assert page_of(con, "provenance").column("fingerprint", "fingerprint") != before
    (mark,) = pages["provenance.html"].column("fingerprint", "fingerprint")
    for page in pages.values():
        shown = [text for tag, text in page.texts if tag == "code" and text == mark[:12]]
        assert len(shown) >= len(page.sql)


def test_a_template_that_names_what_it_is_not_given_fails(tmp_path):
    (tmp_path / "page.html.j2").write_text("{{ given }} {{ missing }}")
    template = environment(tmp_path).get_template("page.html.j2")
    with pytest.raises(jinja2.UndefinedError, match="'missing' is undefined"):
        template.render(given="<b>")
    assert template.render(given="<b>", missing="") == "&lt;b&gt; "
