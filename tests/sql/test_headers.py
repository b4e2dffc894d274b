"""The files of sql/: what their headers promise is what the SQL does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import duckdb
import pytest
from support.good_store import (
    LOGITS,
    count_some,
    draw_figures,
    fill_annotations,
    fill_rules,
    fill_without_groups,
    fill_yes_no,
    stream,
)
from support.invariants import key_columns, violated
from support.rows import (
    Row,
    classifier,
    encoder,
    explanation,
    fill,
    ingests,
    labels,
    load,
    measured,
    neighbours,
    predictions,
    prompt_set,
    rate_groups_from,
    samples,
    similarities,
    vector_index,
)

from facestore import resources
from facestore.catalog import migrate, views

EVERYWHERE = sorted(resources.folder("sql").rglob("*.sql"))
FILES = [path for path in EVERYWHERE if path.parent.name != views.AUDITS_FOLDER]
VIEWS = {path.stem: views.parse_view_file(path) for path in FILES}
RELATIONS = sorted(name for name, view in VIEWS.items() if not view.is_scalar)

# Views of rates none of which is more the view's own than another.
HAVE_SEVERAL_FIGURES = ("classification_report", "rates_by_group")
ARGUMENTS = {
    "accuracy_gaps_among": "(99)",
    "zero_shot_topk": "(2)",
    "age_errors_within": "(8)",
    "judged_predictions_as": "('CLIP-2')",
    "top_n_accuracy": "(2)",
    "hash_masks": "(5)",
    "near_hashes": "(5)",
    "near_duplicates": "(5)",
    "hash_components": "(5)",
    "duplicate_groups_within": "(5)",
    "duplicate_exclusions": "(5)",
    "age_histogram": "(5)",
    "datasets_to_count": "(true)",
    "predictions_to_count": "(true)",
    "current_label_counts": "(true)",
    "current_sample_cells": "(true)",
    "current_cell_counts": "(true)",
    "current_cell_groups": "(true)",
    "current_prediction_counts": "(true)",
    "current_cluster_counts": "(true)",
    "current_sample_clusters": "(true)",
    "current_cluster_sizes": "(true)",
    "sample_cluster_keys": "(true)",
    "auc_by_group": "('race')",
    "two_class_scores": "(true)",
    "ranking_terms": "(true)",
    "ranked_by_prompts": "('p1', 'p2', 'race')",
    "ranking_skew_by_group": "('p1', 'p2', 'race', 3)",
    "replicate_keys": "(0, 1, 2)",
    "replicated_counts": "(1, 'faces', 'val', 'overall', 0, 1, 2)",
    "replicated_classes": "(1, 'faces', 'val', 'overall', 0, 1, 2)",
    "replicated_ages": "(4, 'faces', 'val', 'overall', 0, 1, 2)",
    "ranking_skew": "('p1', 'p2', 'race', 3, 0)",
}

ENCODERS = ((1, "tiny"), (2, "other"))

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def header(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines[: lines.index(body_start(lines))] if line]


def body_start(lines: list[str]) -> str:
    return next(line for line in lines if not line.startswith("--"))


def source(name: str) -> str:
    if VIEWS[name].parameters is None:
        return name
    if name not in ARGUMENTS:
        pytest.skip(f"no arguments are known for the macro {name}")
    return name + ARGUMENTS[name]


def fill_all(con: duckdb.DuckDBPyConnection) -> None:
    """Fill every table which the views read: two of everything that could be mixed up."""
    fill(con, encoders=[encoder(i, name) | LOGITS for i, name in ENCODERS])
    fill(con, samples=samples(4) + samples(4, split=None, first=5))
    fill(con, samples=samples(4, dataset="other", first=9))
    fill(con, labels=labels("gender", ["Male", "Female", "Female"] * 4))
    fill(con, labels=labels("race", ["White", "Black", None, "White"] * 3))
    fill(con, **prompt_set("one", "gender", [(1, "Male"), (2, "Female"), (3, "Female")]))
    fill(con, **prompt_set("two", "gender", [(4, "Male"), (5, "Female")]))
    race = {"prompt_set": "one", "attribute": "race"}
    fill(con, prompt_classes=[race | {"prompt_id": i, "class": "White"} for i in (1, 2)])
    fill(con, prompt_classes=[race | {"prompt_id": 3, "class": "Black"}])
    for encoder_id in (1, 2):
        cosines = {i: [(i * s % 7) / 8 for s in range(12)] for i in range(1, 6)}
        load(con, similarities=similarities(cosines, encoder_id=encoder_id))
    fill(con, encoders=[encoder(3, "streamed")])
    stream(con, 3, "one", {"Male": ["p1"], "Female": ["p2", "p3"]}, range(1, 13))
    fill(con, encoders=[encoder(4, "streamed as well")])
    stream(con, 4, "one", {"Male": ["p1"], "Female": ["p2", "p3"]}, range(1, 13))
    norms = product((1, 2), [("one", "gender"), ("two", "gender"), ("one", "race")])
    for encoder_id, (name, attribute) in norms:
        key = {"encoder_id": encoder_id, "prompt_set": name, "attribute": attribute}
        classes = ["Male", "Female"] if attribute == "gender" else ["White", "Black"]
        fill(con, class_text_norms=[key | {"class": class_, "norm": 0.5} for class_ in classes])
    fill(con, classifiers=[classifier(1, "a"), classifier(2, "b"), classifier(3, "r", "race")])
    shares = {"score": 0.75, "margin": 0.5}
    fill(con, predictions=[each | shares for each in predictions(["Male", "Female"] * 6, 1)])
    fill(con, predictions=predictions(["Male"] * 12, 2))
    fill(con, predictions=predictions(["Indian", "Black", "White"] * 4, 3))
    fill(con, classifiers=[classifier(4, "years", "age")])
    ages = [(i, "20-29" if i < 10 else "30-39", 20 + i) for i in range(1, 13)]
    keys = {"attribute": "age"}
    fill(con, labels=[keys | {"sample_id": i, "label": a, "value": v} for i, a, v in ages])
    guesses = [{"classifier_id": 4, "sample_id": i, "value": 25} for i in range(1, 13)]
    fill(con, predictions=guesses)
    fill_without_groups(con, 5)
    fill_rules(con, 6, encoder_id=5)
    figure = {"dataset": "faces", "attribute": "gender", "metric": "accuracy", "value": 0.5}
    figure |= {"group_attribute": "overall", "group_name": "overall"}
    fill(con, published_figures=[figure | {"source": s, "classifier": "a"} for s in ("p", "q")])
    board = [("x", "cars", 0.5), ("x", "pets", 0.6), ("y", "cars", 0.4), ("y", "pets", 0.7)]
    fill(
        con,
        published_figures=[
            figure | {"source": "board", "architecture": model, "dataset": task, "attribute": task}
            | {"value": value}
            for model, task, value in board
        ],
    )  # fmt: skip
    keys = [f"sample:faces/{i}.jpg" for i in (3, 6, 7)] + ["sample:other/10.jpg"]
    pairs = [(a, b, 0.95) for a, b in combinations(keys, 2)]
    for encoder_id in (1, 2):
        fill(con, **neighbours(pairs, encoder_id))
        asked = [("stored", name, 100, 99, 995, 0.5) for name in ("faces", "other")]
        fill(con, **vector_index({"images": asked, "texts": asked[:1]}, encoder_id))
    fill_annotations(con)
    fill(con, explanations=every_explanation())
    fill(con, **ingests("faces", "one", "two", "one"))
    fill_duplicates(con)
    fill_yes_no(con, 20)
    con.execute("update samples set person_id = 'p' || sample_id % 3")
    count_some(con, "other")
    draw_figures(con)


def every_explanation() -> list[Row]:
    """Return maps of two encoders, with and without a classifier, on two grids, one of zeros."""
    maps = {4: [0.0, 1.0, 2.0, 3.0] * 4, 2: [0.5, 0.0, 0.25, 1.0], 1: [0.0]}
    askers = product((1, 2), (None, 1, 2), range(1, 13))
    return [
        explanation(
            number,
            sample_id,
            maps[(4, 2, 2, 1)[sample_id % 4]],
            cols=(4, 2, 2, 1)[sample_id % 4],
            encoder_id=encoder_id,
            classifier_id=classifier_id,
            faithfulness=measured((0.2, 0.5, 0.4, 0.45), (0.7, 0.5, 0.6, 0.55), span=sample_id / 2),
        )
        for number, (encoder_id, classifier_id, sample_id) in enumerate(askers)
    ]


def fill_duplicates(con: duckdb.DuckDBPyConnection) -> None:
    """Add two pictures that are nearly the same, in several samples, splits and data sets."""
    pictures = [("a" * 64, 1), ("b" * 64, 3)]
    fill(con, images=[{"image_id": image_id, "phash": phash} for image_id, phash in pictures])
    fill(con, samples=samples(2, split="train", first=13), labels=labels("gender", ["Male"], 13))
    for sample_id, (image_id, _) in zip((1, 2, 13, 5, 9), pictures * 3, strict=False):
        where = "where sample_id = $sample_id"
        con.execute(
            f"update samples set image_id = $image_id {where}",
            {"image_id": image_id, "sample_id": sample_id},
        )
    con.execute(
        "insert into excluded_samples select sample_id, reason, policy, 5, kept_sample_id "
        "from duplicate_exclusions(5) where policy = 'keep-one'"
    )


@pytest.fixture(scope="module")
def filled(all_views: list[views.ViewFile]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a filled catalogue to which DuckDB may add no extension."""
    alone = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    with duckdb.connect(config=alone) as con:
        migrate.migrate(con, migrate.load_migrations(resources.folder("migrations")))
        views.install_views(con, all_views)
        rate_groups_from(con, 1)
        fill_all(con)
        yield con


@pytest.fixture(scope="module")
def tables(filled: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in filled.execute("select table_name from duckdb_tables()").fetchall()}


@pytest.fixture(scope="module")
def comments(filled: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Give the comments that the catalogue shows, each with its name."""
    return filled.execute(
        "select view_name, comment from duckdb_views() union all "
        "select function_name, comment from duckdb_functions() where function_type like '%macro%'"
    ).fetchall()


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def rows_of(name: str, filled: duckdb.DuckDBPyConnection) -> str:
    """Return the table of the rows of a view or macro, which it makes where there is none yet."""
    table = f"rows_of_{name}"
    query = "select count(*) from duckdb_tables() where table_name = ?"
    if filled.execute(query, [table]).fetchone() == (0,):  # `if not exists` would plan it anew
        filled.execute(f"create temp table {table} as from {source(name)}")
    return table


def test_every_file_of_sql_lies_in_a_folder_of_its_topic() -> None:
    assert sorted(resources.folder("sql").glob("*/*.sql")) == EVERYWHERE
    assert len(VIEWS) == len(FILES) >= 20
    assert len(EVERYWHERE) > len(FILES)


@every_file
def test_a_header_starts_with_the_name_of_its_file(path: Path) -> None:
    assert re.match(rf"-- {path.stem}(\([a-z_, ]+\))?: \S", header(path)[0])


@every_file
def test_a_header_states_grain_units_and_reads_once(path: Path) -> None:
    keys = [line.split(":")[0] for line in header(path)[1:]]
    assert [keys.count(f"-- {key}") for key in ("grain", "units", "reads")] == [1, 1, 1]
    facts = {line.split(":")[0]: line.partition(":")[2].strip() for line in header(path)[1:]}
    assert facts["-- grain"]
    assert facts["-- units"]


@every_file
def test_reads_is_exactly_what_the_sql_names(
    path: Path, tables: set[str], empty: duckdb.DuckDBPyConnection
) -> None:
    view = views.parse_view_file(path)
    named = views.referenced_names(empty, view) & (tables | set(VIEWS))
    assert sorted(view.reads) == sorted(named)


@every_file
def test_every_name_that_is_read_stands_in_the_text(path: Path) -> None:
    body = VIEWS[path.stem].body
    assert [name for name in VIEWS[path.stem].reads if not re.search(rf"\b{name}\b", body)] == []


@every_file
def test_a_file_holds_one_bare_select(path: Path) -> None:
    assert [statement.type for statement in duckdb.extract_statements(VIEWS[path.stem].body)] == [
        duckdb.StatementType.SELECT
    ]


@every_file
def test_the_catalogue_shows_the_header_as_a_comment(
    path: Path, comments: list[tuple[str, str]]
) -> None:
    text = "\n".join(line.removeprefix("--").removeprefix(" ") for line in header(path))
    assert [comment for name, comment in comments if name == path.stem] == [text]


@pytest.mark.parametrize("name", RELATIONS)
def test_no_view_needs_an_extension(name: str, filled: duckdb.DuckDBPyConnection) -> None:
    rows = filled.execute(f"from {rows_of(name, filled)}").fetchall()
    assert rows, "the filled catalogue of this test has no row for it"
    loaded = "select extension_name from duckdb_extensions() where loaded"
    shipped = f"{loaded} and install_mode = 'STATICALLY_LINKED'"
    assert filled.execute(loaded).fetchall() == filled.execute(shipped).fetchall()


@pytest.mark.parametrize("name", RELATIONS)
def test_the_grain_of_a_view_is_unique(name: str, filled: duckdb.DuckDBPyConnection) -> None:
    relation = rows_of(name, filled)
    keys = key_columns(VIEWS[name], columns_of(name, filled))
    listed = ", ".join(f'"{key}"' for key in keys)
    repeated = f"select {listed}, count(*) from {relation} group by {listed} having count(*) > 1"
    assert filled.execute(repeated).fetchall() == []
    assert filled.execute(f"select count(*) from {relation}").fetchone() != (0,)


def columns_of(name: str, filled: duckdb.DuckDBPyConnection) -> list[str]:
    described = filled.execute(f"from {rows_of(name, filled)} limit 0").description
    return [column[0] for column in described or []]


@pytest.mark.parametrize("name", RELATIONS)
def test_intervals_are_named_alike_in_all_views(
    name: str, filled: duckdb.DuckDBPyConnection
) -> None:
    columns = columns_of(name, filled)
    limits = [
        each for each in columns if re.search(r"(^|_)(ci|conf|interval|low|high)_", each + "_")
    ]
    for each in {"accuracy_low", "accuracy_high"}.intersection(limits):
        limits.remove(each)  # bounds which are no interval of chance
    if name != "picture_regions":  # places, not intervals
        lows = [each.removeprefix("ci_low") for each in limits if each.startswith("ci_low")]
        # without a suffix there are those of the figure of the view; of several, each has its own
        if name in HAVE_SEVERAL_FIGURES:
            assert lows
            assert {each.removeprefix("_") for each in lows} <= set(columns)
        else:
            assert "" in lows or not limits
        assert sorted(limits) == sorted(f"ci_{end}{s}" for s in lows for end in ("low", "high"))


@pytest.mark.parametrize("name", RELATIONS)
def test_an_accuracy_says_of_which_split_and_in_which_taxonomy(
    name: str, filled: duckdb.DuckDBPyConnection
) -> None:
    columns = columns_of(name, filled)
    if any(each.startswith("accuracy") or each.endswith("accuracy") for each in columns):
        assert {"dataset", "split", "attribute", "taxonomy"} <= set(columns)


def test_a_column_that_is_to_go_is_still_there_and_has_one_in_its_place(
    filled: duckdb.DuckDBPyConnection,
) -> None:
    going = {
        name: view.facts["deprecated"] for name, view in VIEWS.items() if "deprecated" in view.facts
    }
    assert list(going) == ["accuracy_without_duplicates"]
    for name, said in going.items():
        old, new = said.split(": ")
        pairs = list(zip(re.findall(r"\bci_\w+", old), re.findall(r"\bci_\w+", new), strict=True))
        assert len(pairs) == 2
        for one, other in pairs:
            query = f"select count(*) from {name} where {one} is distinct from {other}"
            assert filled.execute(query).fetchone() == (0,)


def test_every_invariant_holds(filled: duckdb.DuckDBPyConnection) -> None:
    assert violated(filled) == {}
