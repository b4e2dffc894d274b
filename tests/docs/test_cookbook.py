"""The questions of the cookbook: their SQL gives the answers that are shown."""

from __future__ import annotations

from decimal import Decimal

import cookbook
import duckdb
import pytest
from cookbook import Answer

from facestore import resources
from facestore.catalog import views
from facestore.reporting.queries import read_queries

pytestmark = pytest.mark.portable

QUESTIONS = [
    pytest.param(question, id=f"{page.stem}-{question.heading}")
    for page in cookbook.pages()
    for question in cookbook.questions(page.read_text(encoding="utf-8"))
]
SHOWN = """\
name | n_samples | accuracy
-----+-----------+---------
a    |       200 |      0.9
b    |      NULL |    0.005
"""
ANSWER = Answer(("name", "n_samples", "accuracy"), [("a", 200, 0.9), ("b", None, 0.005)])


@pytest.mark.xdist_group("cookbook")
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_the_one_shown(cookbook_store, question):
    assert question.shown, "run `make docs`"
    answer = cookbook.run(cookbook_store, question.sql)
    assert answer.rows
    assert cookbook.differences(answer, question.shown) == []


def test_there_are_questions_of_each_kind():
    assert len(QUESTIONS) >= 35
    assert len(cookbook.pages()) >= 5


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_says_how_to_read_its_answer(question):
    (page,) = [p for p in cookbook.pages() if f"## {question.heading}\n" in p.read_text()]
    part = page.read_text(encoding="utf-8").split(f"## {question.heading}\n")[1].split("\n## ")[0]
    assert part.count("```sql") == 1
    assert part.split("```")[-1].strip()


def test_every_view_and_macro_has_an_example_here_or_on_a_page_of_the_report():
    names = {view.name for view in views.load_views(resources.folder("sql"))}
    queries = read_queries(resources.folder("reports") / "queries")
    shown = {name for query in queries.values() for name in query.reads}
    with duckdb.connect() as empty:
        for query in queries.values():
            for sql in filter(None, (query.sql, query.finding)):
                shown |= views.referenced_names(empty, views.ViewFile("", None, "", {}, sql))
        for question in QUESTIONS:
            block = views.ViewFile("", None, "", {}, question.values[0].sql)
            shown |= views.referenced_names(empty, block)
    assert sorted(names - shown) == []


def test_the_index_lists_the_questions():
    index = cookbook.INDEX.read_text(encoding="utf-8")
    assert cookbook.with_index(index) == index, "run `make docs`"


def test_an_answer_is_shown_as_a_table():
    assert cookbook.table(ANSWER) == SHOWN
    assert cookbook.differences(ANSWER, SHOWN) == []


def test_only_the_first_rows_are_shown_and_all_are_counted():
    answer = Answer(("n",), [(number,) for number in range(1500)])
    shown = cookbook.table(answer)
    assert shown.endswith("11\n... (1,500 rows)\n")
    assert cookbook.differences(answer, shown) == []
    assert cookbook.differences(Answer(("n",), answer.rows[:-1]), shown)


@pytest.mark.parametrize("row", [("a", 201, 0.9), ("a", 206, 0.9), ("a", 200, Decimal("0.92"))])
def test_another_cpu_may_flip_a_sample(row):
    assert cookbook.differences(Answer(ANSWER.columns, [row, ANSWER.rows[1]]), SHOWN) == []


@pytest.mark.parametrize(
    "rows",
    [
        [("A", 200, 0.9), ("b", None, 0.005)],
        [("a", 207, 0.9), ("b", None, 0.005)],
        [("a", 200, 0.86), ("b", None, 0.005)],
        [("a", None, 0.9), ("b", None, 0.005)],
        [("a", 200, 0.9), ("b", 0, 0.005)],
        [("a", 200, 0.9)],
    ],
)
def test_another_answer_is_noticed(rows):
    assert len(cookbook.differences(Answer(ANSWER.columns, rows), SHOWN)) == 1
    renamed = Answer(("name", "n", "accuracy"), ANSWER.rows)
    assert cookbook.differences(renamed, SHOWN)


def test_answers_are_written_under_their_questions():
    page = "# T\n\n## Q\n\n```sql\nselect 1 as n\n```\n\nRead it.\n"
    written = cookbook.with_answers(page, lambda _sql: Answer(("n",), [(1,)]))
    assert "```sql\nselect 1 as n\n```\n\n```text\nn\n-\n1\n```\n\nRead it.\n" in written
    assert cookbook.with_answers(written, lambda _sql: Answer(("n",), [(1,)])) == written
    (question,) = cookbook.questions(written)
    assert (question.heading, question.shown) == ("Q", "n\n-\n1\n")
