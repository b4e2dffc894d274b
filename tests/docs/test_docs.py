"""What the documentation says is run, and what there is is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from PIL import Image
from support.places import ROOT

from facestore.catalog.views import load_views
from facestore.cli import app
from facestore.reporting.queries import read_queries

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
QUERIES = ROOT / "reports" / "queries"
# Those of the cookbook have their own tests, which look at the answers.
SQL_BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in PAGES
    if page.parent.name != "cookbook"
    for number, block in enumerate(re.findall(r"```sql\n(.+?)```", page.read_text(), re.DOTALL))
]


@pytest.mark.xdist_group("cookbook")
@pytest.mark.parametrize("block", SQL_BLOCKS)
def test_every_sql_block_runs(cookbook_store, block):
    relation = cookbook_store.sql(block)
    assert all(len(row) == len(relation.columns) > 0 for row in relation.fetchall())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?://)([^)#]*)#?([^)]*)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not _leads_somewhere(page, *link)] == []


def _leads_somewhere(page, file, anchor):
    target = (page.parent / file) if file else page
    if not target.exists():
        return False
    if not anchor:
        return True
    headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
    slugs = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    return anchor in slugs


def test_pictures_are_small_and_described():
    shown = set()
    for page in PAGES:
        for text, file in re.findall(r"!\[(.*?)\]\((.+?)\)", page.read_text(encoding="utf-8")):
            picture = page.parent / file
            assert len(text) > 20, file
            with Image.open(picture) as opened:
                opened.verify()
            assert picture.stat().st_size < 200_000, file
            shown.add(picture.resolve())
    assert sorted(shown) == sorted((ROOT / "docs" / "images").iterdir())
    assert len(shown) >= 2


def test_every_view_is_in_the_readme_or_on_a_page_or_helps_another():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    views = load_views(ROOT / "sql")
    read_by_others = {name for view in views for name in view.reads}
    read_by_others |= {name for each in read_queries(QUERIES).values() for name in each.reads}
    undocumented = [
        view.name
        for view in views
        if f"`{view.name}" not in readme and view.name not in read_by_others
    ]
    assert undocumented == []


def _commands(group, before=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*before, name))
        else:
            yield " ".join((*before, name)), command


def test_every_command_and_option_has_help():
    for name, command in _commands(typer.main.get_command(app)):
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_every_command_of_the_readme_exists():
    blocks = re.findall(r"```console\n(.+?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    words = re.findall(r"^facestore (\w+)", "".join(blocks), re.MULTILINE)
    known = {name.split()[0] for name, _ in _commands(typer.main.get_command(app))}
    assert set(words) <= known
    assert len(set(words)) >= 5


def test_the_readme_lists_every_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"\n## Commands\n(.+?)\n## ", readme, re.DOTALL)
    rows = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == set(typer.main.get_command(app).commands)


def test_the_example_of_the_python_interface_runs(tmp_path, monkeypatch):
    from faces import write_faces

    write_faces(tmp_path / "faces", 12)
    (tmp_path / "faces" / "labels.csv").rename(tmp_path / "labels.csv")
    (code,) = re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(code, names)
    assert len(names["by_group"]) > 0
    assert Path(str(names["page"])).is_file()
