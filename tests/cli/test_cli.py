from __future__ import annotations

import csv
import io
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.pictures import write_labels, write_picture
from support.places import ROOT

import facestore as package


def test_from_pictures_to_accuracy(facestore, pictures, tmp_path):
    labels = write_labels(
        tmp_path / "l.csv",
        {f"{i}.jpg": ("20-29", "Male" if i % 2 else "Female", "White") for i in range(1, 6)},
    )
    ran = facestore("ingest", pictures, "--labels", labels, "--model", "tiny", "--dataset", "d")
    assert ran.status == 0
    assert "6 new samples" in ran.out
    assert "5 images encoded with tiny fp32" in ran.out
    assert ran.err == ""  # no bar where there is no terminal
    assert "12 similarities of 6 samples" in facestore("score", "raw_gender_labels").out
    predicted = facestore("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender")
    assert "6 predictions of gender" in predicted.out
    rows = facestore(
        "sql",
        "select n_samples, n_correct from accuracy_by_group where group_attribute = 'overall'",
        "--format",
        "json",
    ).rows
    assert len(rows) == 1
    assert rows[0]["n_samples"] == 5
    assert 0 <= rows[0]["n_correct"] <= 5


def test_every_imported_thing_has_a_command(facestore, tmp_path):
    labels = write_labels(tmp_path / "l.csv", {"1.jpg": ("20-29", "Male", "White")})
    ran = facestore("import", "labels", labels, "--dataset", "d", "--create-samples")
    assert ran.status == 0
    assert "1 sample was made" in ran.out
    scores = tmp_path / "s.json"
    scores.write_text('{"1.jpg": {"a photo of a man": 21.5, "a photo of a woman": 20.0}}')
    facestore("import", "similarities", scores, "--dataset", "d", "--model", "ViT-L-14,openai")
    facestore(
        "predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender",
        "--aggregation", "topk", "--k", 1, "--name", "mine",
    )  # fmt: skip
    found = facestore(
        "sql", "select classifier, predicted from judged_predictions", "--format", "csv"
    )
    assert list(csv.reader(io.StringIO(found.out))) == [
        ["classifier", "predicted"],
        ["mine", "Male"],
    ]


def test_sql_is_read_from_argument_file_and_stdin(facestore, tmp_path, monkeypatch):
    facestore("migrate")
    file = tmp_path / "q.sql"
    file.write_text("select 2 as two")
    assert facestore("sql", "select 1 as one", "--format", "csv").out == "one\n1\n"
    assert facestore("sql", "-f", file, "--format", "csv").out == "two\n2\n"
    monkeypatch.setattr("sys.stdin", io.StringIO("select 3 as three"))
    assert facestore("sql", "--format", "csv").out == "three\n3\n"


VALUES = (
    "select 'a|b\\c' || chr(10) as text, 0.123456 as share, 1234567.8 as many, 2e-9 as p, 12 as n, "
    "null as nothing"
)


def test_rows_as_markdown_are_one_line_each(facestore):
    facestore("migrate")
    assert facestore("sql", VALUES, "--format", "markdown").out.splitlines() == [
        "| text | share | many | p | n | nothing |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        r"| a\|b\\c\\n | 0.1235 | 1234568 | 2e-09 | 12 |  |",
    ]


def test_vertical_rows_have_a_line_for_each_value_that_there_is(facestore):
    facestore("migrate")
    assert facestore("sql", VALUES, "--format", "vertical").out.splitlines() == [
        "", "row 1", r"  text     a|b\c", "", "  share    0.1235", "  many     1234568",
        "  p        2e-09", "  n        12", "", "1 row",
    ]  # fmt: skip


def test_numbers_of_people_have_four_significant_digits(facestore):
    facestore("migrate")
    query = "select unnest([0.98765432, 12.34567, 123.4567, 45678.9, -0.00001234567, 0.0]::double[]) as x"
    shown = facestore("sql", query).out.split()
    assert shown[:7] == [
        "x",
        "─" * len(shown[1]),
        "0.9877",
        "12.35",
        "123.5",
        "45679",
        "-1.235e-05",
    ]
    assert facestore("sql", query, "--format", "json").rows[0] == {"x": 0.98765432}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "The SQL is empty"),
        ("  -- a note\n;", "The SQL is empty"),
        ("select 1; select 2", "2 queries were given"),
        ("from range(2); show tables; select 3", "3 queries were given"),
    ],
)
def test_sql_refuses_what_would_not_be_shown(facestore, query, says):
    facestore("migrate")
    ran = facestore("sql", query)
    assert (ran.status, ran.out) == (1, "")
    assert says in ran.err


def test_sql_shows_times_with_a_zone(facestore):
    facestore("migrate")
    at = "timestamptz '2026-01-01 12:00:00+00'"
    (row,) = facestore("sql", f"select {at} as t, [{at}] as many", "--format", "json").rows
    assert datetime.fromisoformat(row["t"]) == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert "datetime" not in facestore("sql", f"select {at} as t").out


def test_sql_explains_a_view_as_it_is_shipped(facestore, tmp_path):
    shipped = ROOT / "sql" / "accuracy" / "accuracy_disparity.sql"
    ran = facestore("sql", "--explain", "accuracy_disparity")
    assert (ran.status, ran.out, ran.err) == (0, shipped.read_text(), "")
    assert not (tmp_path / "store").exists()


def test_sql_explains_a_macro_with_or_without_its_parameters(facestore):
    first, *rest = facestore("sql", "--explain", "zero_shot_topk(k)").out.splitlines()
    assert first.startswith("-- zero_shot_topk(k): predictions by the sum of the k largest")
    assert rest[-1] == facestore("sql", "--explain", "Zero_Shot_TopK").out.splitlines()[-1]


def test_sql_explains_a_table_by_its_columns(facestore):
    first, *rows = facestore("sql", "--explain", "samples").out.splitlines()
    assert first.startswith("-- table samples: one file in one data set")
    found = {row.split()[0]: re.split(r"  +", row)[1:] for row in rows}
    assert found["sample_id"] == ["integer", "key"]
    assert found["dataset"] == ["varchar", "not null"]
    assert found["split"] == ["varchar", "train, val, test ...; NULL: none"]
    assert found["tags"][0] == "varchar[]"


def test_sql_explains_nothing_that_is_not_there(facestore):
    ran = facestore("sql", "--explain", "acuracy_by_group")
    assert (ran.status, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert "No table, view, macro or audit 'acuracy_by_group'" in ran.err
    assert "'accuracy_by_group'" in ran.err
    assert facestore("sql", "select 1", "--explain", "samples").status == 2


def test_sql_writes_only_when_told_to(facestore):
    facestore("migrate")
    statement = "delete from classes where attribute = 'age'"
    assert facestore("sql", statement).status == 1
    assert facestore("sql", statement, "--write").status == 0
    rows = facestore("sql", "select count(*) as n from classes", "--format", "json").rows
    assert rows == [{"n": 9}]


def test_tables_are_not_cut_in_a_pipe(facestore):
    facestore("migrate")
    assert "x" * 300 in facestore("sql", "select repeat('x', 300) as wide").out


def test_prompts_with_classes_that_no_label_has_say_where_their_shares_are(facestore, tmp_path):
    file = tmp_path / "harm.yaml"
    words = "words: {harm: {man: {harm: person}, thief: {harm: criminal}}}\n"
    file.write_text(words + 'templates: ["a photo of a {harm}"]\n')
    refused = facestore("prompts", "add", file)
    assert refused.status == 1
    assert refused.err.count("\n") == 1
    advice = "new_classes: {harm: [person, criminal]}"
    assert f"`{advice}`" in refused.err
    file.write_text(file.read_text() + advice)
    ran = facestore("prompts", "add", file)
    assert ran.status == 0
    assert "2 classes of 'harm' without a label: 'person', 'criminal'" in ran.out
    assert '`facestore sql "from predicted_shares"`' in ran.out
    assert facestore("sql", "from predicted_shares", "--format", "json").rows == []


def test_prompts_are_listed_shown_and_added(facestore, tmp_path):
    assert "age_race_gender_labels_v1" in facestore("prompts", "list").out
    shown = facestore("prompts", "show", "raw_gender_labels", "--format", "json").rows
    assert [row["gender"] for row in shown] == ["Male", "Female"]
    file = tmp_path / "mine.json"
    file.write_text('["a man", "a woman", "a tree"]')
    ran = facestore("prompts", "add", file, "--attribute", "gender")
    assert ran.status == 1
    assert "'a tree' names no class of 'gender'" in ran.err
    file.write_text('["a man", "a woman"]')
    assert facestore("prompts", "add", file, "--attribute", "gender").status == 0
    assert "mine" in facestore("prompts", "list").out


def test_models_of_open_clip_are_listed(facestore):
    rows = facestore("models", "ViT-L-14,laion2b", "--format", "json").rows
    assert {"architecture": "ViT-L-14", "pretrained": "laion2b_s32b_b82k"}.items() <= rows[
        0
    ].items()
    assert facestore("models", "tiny", "--format", "json").rows[0]["--model"] == "tiny"


def test_info_says_what_is_in_the_store(facestore, pictures):
    facestore("ingest", pictures, "--model", "tiny")
    info = {(r["what"], r["name"]): r for r in facestore("info", "--format", "json").rows}
    rows = {name: row["n"] for name, row in info.items()}
    assert rows["dataset", "pictures"] == 6
    assert rows["vectors", "tiny fp32"] == 5
    (table,) = (Path(os.environ["FACESTORE_STORE"]) / "vectors").glob("*.images.lance")
    said = info["table of vectors", table.stem]
    assert said["n"] == sum(each.stat().st_size for each in table.rglob("*") if each.is_file())
    (data,) = table.glob("data/*")
    assert said["details"] == f"bytes on disk; {data.stat().st_size:,} of its newest version"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("ingest", "/nowhere/at/all"), 1, "a folder of images was expected"),
        (("ingest", ".", "--modle", "tiny"), 2, "--modle"),
        (("ingest",), 2, "'source'"),
        (("ingest", ".", "--batch-size", "0"), 2, "--batch-size"),
        (("nonsense",), 2, "nonsense"),
        (("sql", "select 1"), 1, "No store at"),
        (("info",), 1, "No store at"),
        (("score", "raw_gender_labels"), 1, "has no encoder yet"),
        (("import", "labels", "none.csv", "--dataset", "d"), 1, "no such file"),
        (("import", "labels", "none.csv"), 2, "--dataset"),
        (("sql", "select 1", "-f", "x.sql"), 2, "not both"),
        (("sql", "-f", "x.sql"), 2, "there is no file 'x.sql'"),
        (("prompts", "show", "raw_gender_label"), 1, "Did you mean 'raw_gender_labels'"),
        (
            (
                "predict",
                "--prompt-set",
                "raw_gender_labels",
                "--attribute",
                "gender",
                "--model",
                "x",
            ),
            1,
            "No encoder 'x'",
        ),
    ],
)
def test_a_mistake_gives_one_clear_line(facestore, arguments, status, says):
    ran = facestore(*arguments)
    assert ran.status == status
    assert says in ran.err
    assert ran.err.startswith("Error: ")
    assert ran.err.count("\n") == 1
    assert ran.out == ""


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--model", "ViT-B-23,openai"), "Did you mean 'ViT-B-32'"),
        (("--model", "ViT-B-32"), "needs weights"),
        (("--model", "ViT-B-32,opanai"), "Did you mean 'openai'"),
        (("--model", "tiny", "--precision", "fp8"), "No precision 'fp8'"),
        (("--model", "tiny", "--device", "tpu"), "No device 'tpu'"),
        (("--layout", "csv"), "--labels FILE"),
        (("--layout", "tar"), "Known: auto, csv, folder, imagefolder"),
    ],
)
def test_a_wrong_model_or_layout_gives_one_clear_line(facestore, pictures, more, says):
    ran = facestore("ingest", pictures, *more)
    # Models are what is on a hub; the rest is what the program offers, or lacks another option.
    assert ran.status == (1 if more[0] == "--model" and len(more) == 2 else 2)
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_a_k_that_does_not_fit_is_refused(facestore, pictures):
    facestore("ingest", pictures, "--model", "tiny")
    facestore("score", "raw_gender_labels")
    topk = ("--aggregation", "topk")
    lacking = "--aggregation topk needs the number of prompts a class: --k 11, say."
    too_many = "--k 3 goes with --aggregation topk alone, not with sum."
    for more, message in (
        (topk, lacking),
        (("--k", 3), too_many),
        ((*topk, "--k", 0), "a k from 1 to 1000 was expected"),
        ((*topk, "--k", 1001), "a k from 1 to 1000 was expected"),
    ):
        ran = facestore(
            "predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender", *more
        )
        assert ran.status == (2 if message in (lacking, too_many) else 1)
        assert message in ran.err


def test_a_stopped_command_says_how_to_go_on(facestore, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("facestore.cli.data.open_store", interrupt)
    ran = facestore("ingest", ".")
    assert ran.status == 130
    assert "run the same command again" in ran.err


def test_a_terminal_sees_a_bar_with_rate_and_time_left(pictures, tmp_path):
    terminal, its_end = pty.openpty()
    program = Path(sys.executable).with_name("facestore")
    with subprocess.Popen(
        [program, "ingest", pictures, "--store", tmp_path / "store"],
        stdout=subprocess.PIPE, stderr=its_end, text=True,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    ) as running:  # fmt: skip
        os.close(its_end)
        shown = all_of(terminal).decode()
        said, _ = running.communicate()
    assert running.returncode == 0
    assert "Ingesting" in shown
    assert "6/6" in shown
    assert re.search(r"[0-9]/s", shown)
    assert re.search(r"[0-9]:[0-9][0-9]:[0-9][0-9]", shown)
    assert said.startswith("6 files of data set 'pictures'")


def all_of(terminal):
    """Read a terminal until its other end is closed; it holds 4,095 bytes and then waits."""
    parts = []
    with suppress(OSError):
        while part := os.read(terminal, 65_536):
            parts.append(part)
    os.close(terminal)
    return b"".join(parts)


def test_one_run_after_another_takes_only_new_files(facestore, pictures):
    facestore("ingest", pictures, "--model", "tiny")
    write_picture(pictures / "new.jpg", seed=9)
    ran = facestore("ingest", pictures, "--model", "tiny")
    assert "1 new sample," in ran.out
    assert "1 image encoded with tiny fp32" in ran.out


def test_help_loads_no_heavy_library():
    code = (
        "import sys\nfrom facestore.cli import app\n"
        "app(['--help'], standalone_mode=False)\n"
        "heavy = {'torch', 'open_clip', 'lancedb', 'duckdb', 'polars', 'numpy', 'altair'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "LOADED []" in ran.stdout
    assert "never for surveillance" in " ".join(ran.stdout.split())


def test_times_are_utc_wherever_the_machine_is(tmp_path):
    labels = write_labels(tmp_path / "l.csv", {"1.jpg": ("20-29", "Male", "White")})
    scores = tmp_path / "s.json"
    scores.write_text('{"1.jpg": {"a photo of a man": 20}}')
    code = (
        "import sys, datetime as d; from facestore import Store; before = d.datetime.now(d.UTC)\n"
        "with Store.open(sys.argv[1]) as store:\n"
        "    store.import_labels(sys.argv[2], dataset='d', create_samples=True)\n"
        "    store.import_similarities(sys.argv[3], dataset='d', model='m')\n"
        "    times = store.sql('select added_at from datasets union all select added_at from encoders'\n"
        "        ' union all select applied_at from schema_migrations'\n"
        "        ' union all select ended_at from runs').fetchall()\n"
        "after = d.datetime.now(d.UTC)\n"
        "print(len(times), all(before <= t.replace(tzinfo=d.UTC) <= after for (t,) in times))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "store", labels, scores],
        capture_output=True, text=True, check=True, env=os.environ | {"TZ": "America/New_York"},
    )  # fmt: skip
    assert ran.stdout.split()[1] == "True"
    assert int(ran.stdout.split()[0]) >= 5


def test_the_version_is_that_of_the_package_and_of_the_changelog():
    from importlib.metadata import version

    changelog = Path(package.__file__).parent.parent / "CHANGELOG.md"
    assert package.__version__ == version("facestore")
    assert f"## [{package.__version__}]" in changelog.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "expected"), [({}, "4"), ({"OPENBLAS_THREAD_TIMEOUT": "9"}, "9")]
)
def test_threads_of_blas_sleep_where_they_wait_unless_the_user_says_otherwise(given, expected):
    code = (
        "import os, sys, facestore.cli; print('numpy' in sys.modules); sys.argv[1:] = ['--version']\n"
        "try: facestore.cli.main()\n"
        "except SystemExit: print(os.environ['OPENBLAS_THREAD_TIMEOUT'])"
    )
    kept = {name: each for name, each in os.environ.items() if "OPENBLAS" not in name}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=kept | given
    )
    # it is read once, where NumPy is imported
    assert ran.stdout.split()[0] == "False"
    assert ran.stdout.split()[-1] == expected
