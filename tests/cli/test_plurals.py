"""`1 file`, `2 files`: numbers and their words agree wherever the program says some."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import facestore
from facestore import resources
from facestore.cli.removed import lines_of
from facestore.errors import by_number, counted, counted_of
from facestore.removing.finish import Freed
from facestore.removing.forget import ForgetSummary

PACKAGE = Path(facestore.__file__).parent
# A number, and behind it a noun or a verb in the plural.
MANY = re.compile(
    r" (?:of (?:the|its|these|them) )?(?:[a-z-]+ ){0,2}?[a-z]{3,}s\b| (?:are|were|have|do) "
)
A_NUMBER = re.compile(r"n|(?:.*\.)?n_\w+|len\(.*|sum\(.*|.*\.size|.*\[.n_\w+.\]")
# What is never one: limits, what is told of several alone, what no user sees.
NEVER_ONE = {
    "catalog/migrate.py": 1, "catalog/updating.py": 1, "cli/readings.py": 1, "cli/ingested.py": 2,
    "curation/splitting.py": 1, "demo/demo.py": 1, "errors/encoders.py": 1,
    "explaining/explainer.py": 1, "explaining/relevancy.py": 1, "images/files.py": 2,
    "images/places.py": 3, "importing/targets.py": 2,
    "ingest/layouts/label_values.py": 1, "numbers.py": 1, "prompts.py": 1,
    "removing/forget.py": 1, "table_text.py": 1, "tables.py": 2,
    "training/gradients/train_heads.py": 1, "training/inputs.py": 2, "upkeep/deep_audits.py": 1,
    "upkeep/digest_audit.py": 1, "upkeep/info.py": 1, "upkeep/query.py": 1,
    "zero_shot/prompt_notes.py": 1,
}  # fmt: skip


def numbers_before_plurals(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.JoinedStr):
            continue
        for each, behind in zip(node.values, node.values[1:], strict=False):
            if not isinstance(each, ast.FormattedValue) or not isinstance(behind, ast.Constant):
                continue
            shape = "" if each.format_spec is None else ast.unparse(each.format_spec)
            is_number = "','" in shape or A_NUMBER.fullmatch(ast.unparse(each.value))
            if is_number and "by_number" not in ast.unparse(each) and MANY.match(behind.value):
                yield node.lineno, behind.value


def test_no_text_has_a_number_before_a_plural_that_may_be_one():
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if places := [*numbers_before_plurals(path)]:
            found[path.relative_to(PACKAGE).as_posix()] = places
    unknown = {
        name: places for name, places in found.items() if len(places) > NEVER_ONE.get(name, 0)
    }
    assert not unknown, "use `counted`, `counted_of` or `by_number` of facestore.errors"


# In SQL: a number that is formatted, and behind it a plural.
MANY_IN_SQL = re.compile(r"\{(?::,)?\} (?:[a-z]+ ){0,2}?[a-z]{3,}s\b")
# Points have decimals; a part of some is less than all, which are two or more; copies are many.
NEVER_ONE_IN_SQL = {
    "findings/answers.sql": 1,
    "findings/gap_findings.sql": 2,
    "findings/prompt_or_model.sql": 1,
    "findings/trust_checks.sql": 3,
}


def test_no_text_of_sql_has_a_number_before_a_plural_that_may_be_one():
    folder = resources.folder("sql")
    found = {
        path.relative_to(folder).as_posix(): len(MANY_IN_SQL.findall(path.read_text("utf-8")))
        for path in folder.rglob("*.sql")
    }
    assert "with_noun" in {path.stem for path in folder.rglob("*.sql")}
    assert {name: n for name, n in found.items() if n > NEVER_ONE_IN_SQL.get(name, 0)} == {}


def test_numbers_have_their_words():
    assert [counted(n, "box") for n in (0, 1, 1000)] == ["0 boxes", "1 box", "1,000 boxes"]
    plurals = ("labels", "similarities", "class text norms", "boxes", "classes", "images")
    assert [counted_of(1, each)[2:] for each in plurals] == [
        "label", "similarity", "class text norm", "box", "class", "image",
    ]  # fmt: skip
    assert counted_of(1200, "labels") == "1,200 labels"
    assert by_number(1, "is", "are") + by_number(0, "is", "are") == "isare"


def forgotten(n):
    counts = dict.fromkeys(("n_labels", "n_predictions", "n_similarities", "n_explanations"), n)
    return lines_of(
        ForgetSummary(
            n_known=n, n_samples=n, n_images=n, n_shared=n, receipt="r",
            counts=counts | {"n_no_longer_excluded": n}, freed=Freed(n_vectors=n, n_bytes=n),
        )
    )  # fmt: skip


def test_what_was_forgotten_agrees_with_its_number():
    assert forgotten(1)[:5] == [
        "1 name was forgotten before",
        "forgotten: 1 sample, 1 image, 1 label, 1 prediction, 1 similarity, 1 explanation, 1 vector",
        "1 image stays with its vectors, since other samples have it",
        "1 sample is not left out as a duplicate any more: run dedup again",
        "1 byte is free",
    ]
    assert forgotten(8)[0] == "8 names were forgotten before"
    assert forgotten(8)[2:5] == [
        "8 images stay with their vectors, since other samples have them",
        "8 samples are not left out as duplicates any more: run dedup again",
        "8 bytes are free",
    ]
