"""The report as a reader of its HTML sees it: tables against SQL, names as text, nothing loaded."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser

import duckdb
import jinja2
import pytest
import rows

from facestore import migrate, resources, views
from facestore.reporting import Provenance, Result, Table, read_queries, render_report
from facestore.reporting.page import environment
from facestore.reporting.queries import parse_query
from facestore.reporting.tables import Column

TEMPLATES = resources.folder("reports")
QUERIES = read_queries(TEMPLATES / "queries")
NASTY = ["<img src=x onerror=alert(1)>", "</script>\"'", "{{ 7 * 7 }}", "&lt;b&gt; ' \" </svg>"]
PROVENANCE = Provenance(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), {"facestore": "0.0.1"})


class Page(HTMLParser):
    """Reads a page back: its tags, its texts, and its tables by caption."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._open: list[str] = []
        self._table: list[list[str]] = []
        self._caption = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("meta", "br"):
            return
        self._open.append(tag)
        if tag == "table":
            self._table, self._caption = [], ""
        if tag == "tr":
            self._table.append([])
        if tag in ("td", "th"):
            self._table[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes another tag"
        if tag == "table":
            self.tables.setdefault(self._caption, self._table)

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))
        if "caption" in self._open:
            self._caption += data
        elif {"td", "th"} & set(self._open):
            self._table[-1][-1] += f" {data}" if self._open[-1] == "small" else data

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.texts)


def page_of(con: duckdb.DuckDBPyConnection, provenance: Provenance = PROVENANCE) -> Page:
    return Page(html_of(con, provenance))


def html_of(con: duckdb.DuckDBPyConnection, provenance: Provenance = PROVENANCE) -> str:
    return render_report([run(con, query) for query in QUERIES], provenance, TEMPLATES)


def run(con: duckdb.DuckDBPyConnection, query) -> Table:
    relation = con.sql(query.sql)
    types = tuple(map(str, relation.types))
    return Table.of(query, Result(tuple(relation.columns), types, tuple(relation.fetchall())))


def left_out(page: Page) -> set[str]:
    """Give the commands which the page says would fill its gaps."""
    text = re.sub(r"\s+", " ", page.text)
    return set(re.findall(r"To fill this part: (facestore (?:import )?\w+)", text))


@pytest.fixture(scope="module")
def empty(all_views):
    """Give a catalogue without samples that no test fills: made once, for the many queries."""
    with duckdb.connect() as connection:
        migrate.migrate(connection, migrate.load_migrations(resources.folder("migrations")))
        views.install_views(connection, all_views)
        yield connection


@pytest.fixture
def judged(con):
    """Give a catalogue with two gender classifiers and a race one; one sample is not predicted."""
    rows.fill(
        con,
        datasets=[{"dataset": "faces", "source": "/home/me/faces", "added_at": "2026-01-01"}],
        classifiers=[
            rows.classifier(1, "good"),
            rows.classifier(2, "bad"),
            rows.classifier(3, "race guess", "race"),
        ],
    )
    genders = ["Female", "Male"] * 600
    rows.load(
        con,
        samples=rows.samples(1200),
        labels=rows.labels("gender", genders)
        + rows.labels("race", ["Black", "White", "Indian"] * 400),
        predictions=rows.predictions([None, *genders[1:1000], *["Male"] * 200])
        + rows.predictions(["Male"] * 600, classifier_id=2)
        + rows.predictions(["Black"] * 1200, classifier_id=3),
    )
    return con


def add_sweep(con, encoder="tiny", prompt_set="words", attribute="gender"):
    """Add one prompt set with two prompts of the first class, so that k goes up to two."""
    classes = con.execute(
        "select class from classes where attribute = ? order by ordinal limit 2", [attribute]
    ).fetchall()
    prompts = [(1, classes[0][0]), (2, classes[0][0]), (3, classes[1][0])]
    rows.fill(
        con,
        encoders=[rows.encoder(name=encoder)],
        **rows.prompt_set(prompt_set, attribute, prompts),
        similarities=rows.similarities({1: [0.1, 0.4], 2: [0.2, 0.1], 3: [0.15, 0.3]}),
    )


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_query_runs_on_an_empty_catalogue_and_says_what_it_shows(empty, query):
    assert len(query.title) > 3
    assert query.text.endswith(".")
    assert query.reads
    known = {
        name
        for (name,) in empty.execute("select table_name from information_schema.tables").fetchall()
    }
    assert set(query.reads) <= known
    assert query.name == "fingerprint" or "\norder by" in query.sql
    assert run(empty, query).n_rows == (1 if query.name == "fingerprint" else 0)


@pytest.mark.parametrize("header", ["-- title: T", "-- text: t", "-- title: T\n-- text:"])
def test_a_query_without_title_or_text_is_refused(header):
    with pytest.raises(ValueError, match=r"q\.sql: '-- title"):
        parse_query("q", f"{header}\nselect 1")
    with pytest.raises(ValueError, match="a select"):
        parse_query("q", "-- title: T\n-- text: t\n")


def test_the_text_of_a_query_goes_on_over_lines_and_names_no_cte():
    query = parse_query("q", "-- title: T\n-- text: one\n-- two\nwith a as (\nselect 1 from v\n)\n"
                        "select x from a left join w on a.x is not distinct from w.x")  # fmt: skip
    assert (query.title, query.text) == ("T", "one two")
    assert query.reads == ("v", "w")


@pytest.mark.parametrize(
    ("type_", "name", "value", "cell"),
    [
        ("DOUBLE", "accuracy", 0.96594, "0.9659"),
        ("DOUBLE", "accuracy", 0.0, "0.0000"),
        ("DOUBLE", "logit_scale", 100.0, "100.0"),
        ("BIGINT", "n_samples", 10954, "10,954"),
        ("BIGINT", "n_samples", 0, "0"),
        ("DECIMAL(12,1)", "seconds", 1234.5, "1,234.5"),
        ("TIMESTAMP", "added_at", datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),
        ("VARCHAR", "split", None, "–"),
        ("DOUBLE", "fraction", None, "–"),
    ],
)
def test_a_cell_is_written_by_its_type(type_, name, value, cell):
    assert Column.of(name, type_).cell(value) == cell


def test_numbers_of_every_classifier_are_those_of_the_views(judged):
    page = page_of(judged)
    for classifier, attribute in [("good", "gender"), ("bad", "gender"), ("race guess", "race")]:
        caption = f"{attribute} by {classifier} on faces, val"
        expected = judged.execute(
            "select group_attribute, group_name, format('{:,}', n_samples), "
            "format('{:,}', n_correct), format('{:.4f}', accuracy), format('{:.4f}', ci_low), "
            "format('{:.4f}', ci_high) from accuracy_by_group "
            "where classifier = ? and group_attribute in ('overall', 'gender', 'race') order by "
            "list_position(['overall', 'gender', 'race'], group_attribute), "
            "list_position(['Male', 'Female', 'White', 'Black', 'Indian'], group_name)",
            [classifier],
        ).fetchall()
        assert page.tables[caption][1:] == [list(row) for row in expected]
    summary = judged.execute(
        "select classifier, taxonomy, format('{:,}', n_samples), n_missing::varchar, "
        "format('{:.4f}', accuracy), format('{:.4f}', ci_low), format('{:.4f}', ci_high) "
        "from classifier_summary order by attribute, accuracy desc"
    ).fetchall()
    assert [row[3:10] for row in page.tables["All classifiers"][1:]] == [list(r) for r in summary]


def test_every_accuracy_stands_beside_its_n(judged):
    for caption, table in page_of(judged).tables.items():
        if "accuracy" in table[0]:
            assert "n" in table[0], caption


def test_the_best_classifier_is_not_one_judged_on_few_samples(judged):
    rows.fill(
        judged,
        classifiers=[rows.classifier(4, "lucky")],
        predictions=rows.predictions(["Female"], classifier_id=4),
    )
    best = page_of(judged).tables["Best classifier of each attribute"]
    accuracies = dict(
        judged.execute("select classifier, accuracy from classifier_summary").fetchall()
    )
    assert accuracies["lucky"] == 1.0
    assert [row[3] for row in best[1:]] == ["good", "race guess"]


def test_small_groups_show_their_count_and_no_rates(judged):
    judged.execute("update settings set value = '500' where setting = 'min_samples'")
    page = page_of(judged)
    rows_of = {row[1]: row for row in page.tables["gender by good on faces, val"][1:]}
    assert rows_of["White"][2:] == ["400", "366", "–", "–", "–"]
    assert rows_of["Male"][2] == "600"
    assert "–" not in rows_of["Male"]
    assert "Groups of fewer than 500 samples" in page.text
    charts = [attrs["aria-label"] for _, attrs in page.tags if attrs.get("role") == "img"]
    assert len(charts) == 2
    assert not any("White" in (told or "") for told in charts)


def test_groups_that_are_all_too_small_have_no_chart(judged):
    judged.execute("update settings set value = '5000' where setting = 'min_samples'")
    page = page_of(judged)
    assert not [attrs for _, attrs in page.tags if attrs.get("role") == "img"]


def test_a_confusion_matrix_has_labels_in_rows_and_empty_cells(judged):
    table = page_of(judged).tables[
        "race by race guess on faces, val: labels in rows, predictions in columns"
    ]
    assert table == [
        ["label", "White", "Black", "Indian"],
        ["White", "0 0.0000", "400 1.0000", "0 0.0000"],
        ["Black", "0 0.0000", "400 1.0000", "0 0.0000"],
        ["Indian", "0 0.0000", "400 1.0000", "0 0.0000"],
    ]


def test_only_the_best_classifiers_have_a_chart_and_each_is_told_in_words(judged):
    page = page_of(judged)
    charts = [attrs["aria-label"] for _, attrs in page.tags if attrs.get("role") == "img"]
    assert len(charts) == 2 == sum(tag == "svg" for tag, _ in page.tags)
    assert charts[1] == (
        "Accuracy by group: race by race guess on faces, val. Overall 0.3333; lowest 0.0000 for "
        "White (n 400); highest 1.0000 for Black (n 400). The table has every group."
    )
    svg_texts = [text for tag, text in page.texts if tag == "text"]
    assert {"White (n 400)", "Male (n 600)", "race"} <= set(svg_texts)


def test_the_sweep_is_drawn_and_listed(con):
    rows.fill(con, samples=rows.samples(2), labels=rows.labels("gender", ["Male", "Male"]))
    add_sweep(con)
    page = page_of(con)
    labels = [attrs["aria-label"] for _, attrs in page.tags if attrs.get("role") == "img"]
    # k = 1: 0.2 and 0.4 of Male beat 0.15 and 0.3 of Female
    assert labels == [
        "Accuracy over k: gender on faces, val. tiny, words: highest 1.0000 at k 1. "
        "The table has every k."
    ]
    assert [row[5:8] for row in page.tables["Accuracy over k"][1:]] == [
        ["1", "2", "1.0000"],
        ["2", "2", "1.0000"],
    ]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_only_ever_text(con, name):
    rows.fill(
        con,
        datasets=[{"dataset": name, "source": name, "layout": name, "added_at": "2026-01-01"}],
        classes=[
            {"attribute": name, "class": name, "ordinal": 1},
            {"attribute": name, "class": "other", "ordinal": 2},
        ],
        samples=rows.samples(2, dataset=name, split=name),
        labels=rows.labels(name, [name, "other"]),
        classifiers=[rows.classifier(1, name, name)],
        predictions=rows.predictions([name, name]),
        runs=[
            {
                "run_id": 1,
                "command": name,
                "started_at": "2026-01-01",
                "ended_at": "2026-01-01",
                "outcome": name,
            }
        ],
    )
    add_sweep(con, encoder=name, prompt_set=name, attribute=name)
    page = page_of(con)
    assert not {"img", "script", "b"} & {tag for tag, _ in page.tags}
    assert not [key for _, attrs in page.tags for key in attrs if key.startswith("on")]
    shown = Counter(tag for tag, text in page.texts if name in text)
    # tables, captions, figure captions, and the axis, groups and legend of the charts
    assert shown["td"] > 5
    assert shown["span"] >= 3
    assert shown["strong"] == 2
    assert shown["text"] >= 3
    labels = [attrs["aria-label"] for _, attrs in page.tags if attrs.get("role") == "img"]
    assert len(labels) == 2
    assert all(name in (label or "") for label in labels)


def test_nothing_is_loaded_from_anywhere(judged):
    html = html_of(judged)
    loading = {"src", "srcset", "data", "action", "poster", "background", "xlink:href", "ping"}
    for tag, attrs in Page(html).tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "img", "image", "base")
        assert not loading & set(attrs)
        assert (attrs.get("href") or "#").startswith("#")
        assert "url(" not in str(attrs)
    style = html[html.index("<style>") : html.index("</style>")]
    assert not re.search(r"url\(|@import|https?:", style)


def test_the_markup_is_sound(judged):
    add_sweep(judged)
    html = html_of(judged)
    page = Page(html)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {(attrs["href"] or "")[1:] for tag, attrs in page.tags if tag == "a"}
    assert targets <= set(ids)
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption")
    # each query that is shown is followed by its SQL
    shown = [query for query in QUERIES if f'id="{query.name}"' in html]
    assert len(shown) == len([q for q in QUERIES if q.name not in ("runs",)])
    for query in shown:
        assert any(query.sql in text for _, text in page.texts), query.name


def test_long_tables_are_folded(judged):
    assert "All classifiers: all" not in page_of(judged).text
    many = range(10, 30)
    rows.fill(judged, classifiers=[rows.classifier(i, f"c{i}") for i in many])
    rows.load(judged, predictions=[row for i in many for row in rows.predictions(["Male"] * 9, i)])
    assert "All classifiers: all 23 rows" in page_of(judged).text


def test_an_empty_catalogue_names_the_first_command(con):
    page = page_of(con)
    assert left_out(page) == {"facestore ingest"}
    assert set(page.tables) == {"Store"}


def test_files_without_labels_ask_for_labels(con):
    datasets = [{"dataset": "faces", "added_at": "2026-01-01"}]
    rows.fill(con, datasets=datasets, samples=rows.samples(2))
    assert left_out(page_of(con)) == {"facestore import labels", "facestore ingest"}


def test_labels_alone_ask_for_predictions_then_for_scores_then_to_predict(con):
    datasets = [{"dataset": "faces", "added_at": "2026-01-01"}]
    labels = rows.labels("gender", ["Male", "Female"])
    rows.fill(con, datasets=datasets, samples=rows.samples(2), labels=labels)
    imports = {"facestore import predictions", "facestore import similarities"}
    assert left_out(page_of(con)) == imports | {"facestore ingest"}
    rows.fill(con, encoders=[rows.encoder()])
    assert left_out(page_of(con)) == {"facestore score", "facestore ingest"}
    con.execute("delete from encoders")
    add_sweep(con)
    assert left_out(page_of(con)) == {"facestore predict", "facestore ingest"}


def test_predictions_without_labels_ask_for_labels(con):
    datasets = [{"dataset": "faces", "added_at": "2026-01-01"}]
    rows.fill(
        con,
        datasets=datasets,
        samples=rows.samples(2),
        labels=rows.labels("race", ["White", "Black"]),
        classifiers=[rows.classifier()],
        predictions=rows.predictions(["Male", "Male"]),
    )
    page = page_of(con)
    assert "No prediction meets a label of its attribute." in page.text
    assert "Coverage" in page.tables


def test_predictions_alone_leave_the_sweep_out(judged):
    page = page_of(judged)
    assert left_out(page) == {"facestore import similarities", "facestore ingest"}
    assert "Accuracy over k" not in page.tables


def test_drawn_faces_are_called_drawings(judged):
    assert "Drawings, not people." not in page_of(judged).text
    drawn = Provenance(PROVENANCE.made_at, PROVENANCE.versions, is_synthetic=True)
    assert "Drawings, not people." in page_of(judged, drawn).text


def test_folders_of_the_machine_are_not_told(judged):
    arguments = '{"path": "/home/me/secret/faces.csv", "model": "open_clip:RN50/openai"}'
    rows.fill(
        judged,
        runs=[
            {
                "run_id": 1,
                "command": "import",
                "arguments": arguments,
                "started_at": "2026-01-01 10:00:00",
                "ended_at": "2026-01-01 10:00:02.5",
                "outcome": "done",
            }
        ],
    )
    html = html_of(judged)
    assert "/home/me" not in html
    assert (
        Page(html).tables["Runs"][1][2] == '{"path": "faces.csv", "model": "open_clip:RN50/openai"}'
    )
    assert Page(html).tables["Runs"][1][6] == "2.5"


def test_the_fingerprint_changes_with_the_rows(con):
    before = page_of(con).tables["Store"][1][-1]
    assert page_of(con).tables["Store"][1][-1] == before
    rows.fill(con, samples=rows.samples(1))
    assert page_of(con).tables["Store"][1][-1] != before


def test_a_template_that_names_what_it_is_not_given_fails(tmp_path):
    (tmp_path / "page.html.j2").write_text("{{ given }} {{ missing }}")
    template = environment(tmp_path).get_template("page.html.j2")
    with pytest.raises(jinja2.UndefinedError, match="'missing' is undefined"):
        template.render(given="<b>")
    assert template.render(given="<b>", missing="") == "&lt;b&gt; "
