"""A store with something for every page of the report, and hostile names; and a reader of pages."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb

from facestore.store import Store
from support import rows

SCRIPT = "</script>"
FILE = "<img src=x onerror=alert(1)>.jpg"
CLASSIFIER = 'say "it\'s" </script><img src=x onerror=alert(1)> {{ 7 * 7 }}'
DATASET = "<b onclick=alert(1)>faces</b>"
N = 240
AGES = [("10-19", 14), ("20-29", 25), ("more than 70", 75)]


def fill_store(folder: Path) -> Path:
    """Make a store in which no page of the report is left out."""
    with Store.open(folder) as store:
        store.migrate()
    with duckdb.connect(folder / "facestore.duckdb") as con:
        rows.rate_groups_from(con, 1)
        _fill_data(con)
        _fill_prompts(con)
        _fill_classifiers(con)
    return folder


def _fill_data(con: duckdb.DuckDBPyConnection) -> None:
    races = ["White", "Black", SCRIPT]
    samples = rows.samples(N, dataset=DATASET)
    for i, sample in enumerate(samples):
        sample["split"] = "train" if i < 60 else "val"
        sample["image_id"] = f"{min(i, 70):064x}" if i in (0, 1, 70, 71) else None
        sample["path"] = FILE if i == 0 else sample["path"]
    images = [
        {"image_id": f"{i:064x}", "phash": phash, "width": 9, "height": 9, "format": "PNG"}
        for i, phash in ((0, 3), (1, 1), (70, 2))
    ]
    rows.fill(
        con,
        datasets=[{"dataset": DATASET, "source": f"/home/me/{FILE}", "added_at": "2026-01-01"}],
        classes=[{"attribute": "race", "class": SCRIPT, "ordinal": 99}],
        images=[image | {"n_bytes": 1} for image in images],
        runs=[
            {
                "run_id": 1, "command": "import", "arguments": json.dumps({"file": FILE}),
                "started_at": "2026-01-01 10:00:00", "ended_at": "2026-01-01 10:00:02.5",
                "outcome": "done",
            }
        ],
        published_figures=[
            {
                "source": "a table", "classifier": CLASSIFIER, "dataset": DATASET,
                "attribute": "gender", "group_attribute": "gender", "group_name": name,
                "metric": "accuracy", "value": value,
            }
            for name, value in (("Male", 0.9), ("Female", 0.8))
        ],
    )  # fmt: skip
    rows.load(con, samples=samples)
    ages = [AGES[i % 7 % 3] for i in range(N)]
    rows.load(
        con,
        labels=rows.labels("gender", ["Male", "Female"] * (N // 2))
        + rows.labels("race", [races[i % 5 % 3] for i in range(N)]),
    )
    aged = rows.labels("age", [name for name, _ in ages])
    rows.load(
        con,
        labels=[row | {"value": float(years)} for row, (_, years) in zip(aged, ages, strict=True)],
    )


def _fill_prompts(con: duckdb.DuckDBPyConnection) -> None:
    texts = [f"a {what} of a {who}" for what in (SCRIPT, "sketch") for who in ("man", "woman")]
    named = [(9000 + i, ("Male", "Female")[i % 2]) for i in range(4)]
    made = rows.prompt_set("words", "gender", named)
    made["prompts"] = [{"prompt_id": i, "text": text} for i, text in enumerate(texts, 9000)]
    chance = random.Random(1)
    cosines = {
        i: [0.2 + 0.1 * (s % 2 == i % 2) + chance.uniform(0, 0.15) for s in range(N)]
        for i in range(9000, 9004)
    }
    rows.fill(con, encoders=[rows.encoder() | {"logit_scale": 100.0}], **made)
    rows.load(con, similarities=rows.similarities(cosines))


def _fill_classifiers(con: duckdb.DuckDBPyConnection) -> None:
    chance = random.Random(2)
    truth = dict(
        con.execute("select sample_id, label from labels where attribute = 'race'").fetchall()
    )
    years = dict(
        con.execute("select sample_id, value from labels where attribute = 'age'").fetchall()
    )

    def guess(right: str, other: str, share: float) -> str:
        return right if chance.random() < share else other

    genders = [("Male", "Female")[i % 2] for i in range(N)]
    zero_shot = {"kind": "zero_shot", "encoder_id": 1, "prompt_set": "words", "aggregation": "sum"}
    rows.fill(
        con,
        classifiers=[
            rows.classifier(1, CLASSIFIER, encoder_id=1),
            rows.classifier(2, "bad", **zero_shot),
            rows.classifier(3, "race guess", "race"),
            rows.classifier(4, "years", "age"),
        ],
        training_steps=[
            {
                "classifier_id": 1, "unit": unit, "step": step, "split": split, "metric": metric,
                "value": 1 / (step + len(split)),
            }
            for unit in ("epoch", "sweep") for step in (1, 2, 3)
            for split in ("fit", "validation") for metric in ("loss", "l2")
        ],
    )  # fmt: skip
    said = rows.predictions([guess(g, "Male", 0.8) for g in genders[:230]])
    said += rows.predictions([guess(g, "Male", 0.5) for g in genders], 2)
    said += rows.predictions([guess(truth[i + 1], "White", 0.6) for i in range(N)], 3)
    said = [row | {"score": 0.5 + i % 50 / 100, "margin": i % 70 / 100, "value": None} for i, row in enumerate(said)]  # fmt: skip
    aged = rows.predictions(["20-29"] * N, 4)
    for row in aged:
        row |= {
            "score": None,
            "margin": None,
            "value": years[row["sample_id"]] + chance.gauss(2, 6),
        }
    rows.load(con, predictions=said + aged)


@dataclass(frozen=True)
class Cell:
    """A cell as the page has it: what is read, the whole value, and whose column it is."""

    text: str
    value: str
    small: tuple[str, str] | None = None


@dataclass
class ReadTable:
    """A table as the page has it."""

    query: str
    key: list[Any]
    anchor: str
    columns: list[str]
    caption: str
    rows: list[list[Cell]]


class Page(HTMLParser):
    """Reads a page back: tags, texts, tables, the SQL below them, and charts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.tables: list[ReadTable] = []
        self.sql: dict[str, str] = {}
        self.specs: list[dict[str, Any]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._cell: list[Any] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append((tag, known))
        if tag in ("meta", "br", "img", "wbr", "input"):
            return
        self._open.append((tag, known))
        if tag == "table":
            key = json.loads(known.get("data-key") or "[]")
            anchor, query = known.get("id") or "", known.get("data-query") or ""
            self.tables.append(ReadTable(query, key, anchor, [], "", []))
        if tag == "tr":
            self.tables[-1].rows.append([])
        if tag == "th" and "data-c" in known:
            self.tables[-1].columns.append(known["data-c"] or "")
        if tag in ("td", "th"):
            self._cell = ["", known.get("data-v"), None]
        if tag == "small" and self._cell:
            self._cell[2] = ["", known.get("data-v")]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag, f"</{tag}> closes another tag"
        if tag in ("td", "th"):
            text, value, small = self._cell
            inner = (
                None if small is None else (small[0], small[0] if small[1] is None else small[1])
            )
            self.tables[-1].rows[-1].append(Cell(text, text if value is None else value, inner))
            self._cell = []

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        self.texts.append((tags[-1] if tags else "", data))
        if "caption" in tags:
            self.tables[-1].caption += data
        elif "small" in tags and self._cell:
            self._cell[2][0] += data
        elif self._cell:
            self._cell[0] += data
        for tag, attrs in self._open[-2:]:
            if tag == "pre" and "data-sql" in attrs:
                name = attrs["data-sql"] or ""
                self.sql[name] = self.sql.get(name, "") + data
        if self._open and self._open[-1][1].get("class") == "spec":
            self.specs.append(json.loads(data))

    @property
    def text(self) -> str:
        return "\n".join(text for tag, text in self.texts if tag not in ("script", "style"))

    def table(self, query: str, **key: str) -> ReadTable:
        """Give the table of a query, that of a classifier where it has several."""
        name = key.get("classifier")
        return next(
            t for t in self.tables if t.query == query and (name is None or t.key[3] == name)
        )

    def column(self, query: str, name: str, **key: str) -> list[str]:
        """Give the texts of a column."""
        table = self.table(query, **key)
        place = table.columns.index(name)
        return [row[place].text for row in table.rows[1:]]


def read_pages(folder: Path) -> dict[str, Page]:
    """Read all pages of a report, by the name of their file."""
    return {
        path.name: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.html"))
    }


def data_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the first data of a chart that has more than helping lines."""
    found = [spec.get("data", {}).get("values", [])]
    for inner in [*spec.get("layer", []), spec.get("spec", {})]:
        found.append(inner.get("data", {}).get("values", []))
        found += [each.get("data", {}).get("values", []) for each in inner.get("layer", [])]
    largest: list[dict[str, Any]] = max(
        found, key=lambda rows: len(rows) * len(rows[0]) if rows else 0
    )
    return largest
