"""What a real bash is told where Tab is pressed, and that nobody waits for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from support.pictures import write_labels

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="there is no bash")


@pytest.fixture
def complete(tmp_path):
    """Press Tab after words, in a bash that loaded the script of --show-completion."""
    program = tmp_path / "bin" / "facestore"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m facestore "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    def press_tab(*words: str, store: object = "none") -> list[str]:
        script = (
            'eval "$(_FACESTORE_COMPLETE=source_bash facestore)"\n'
            'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))\n'
            'function=$(complete -p facestore | sed "s/.*-F \\([^ ]*\\).*/\\1/")\n'
            '"$function" facestore; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        ran = subprocess.run(
            [str(BASH), "--norc", "-c", script, "bash", "facestore", *words],
            capture_output=True, text=True, cwd=folder,
            env=os.environ | {"PATH": path, "FACESTORE_STORE": str(store)},
        )  # fmt: skip
        assert ran.stderr == ""
        return ran.stdout.split("\n")[:-1]

    return press_tab


def test_commands_and_options_are_completed_where_there_is_no_store(complete):
    assert complete("rep") == ["report"]
    assert complete("import", "lab") == ["labels"]
    assert complete("report", "--classi") == ["--classifier"]
    assert complete("report", "--classifier", "") == [""]


def test_names_come_from_the_store(complete, facestore, pictures, tmp_path):
    names = {f"{i}.jpg": ("20-29", "Male", "White") for i in range(1, 4)}
    labels = write_labels(tmp_path / "l.csv", names)
    facestore("ingest", pictures, "--labels", labels, "--model", "tiny", "--split", "val")
    facestore("score", "raw_gender_labels")
    predict = ("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender", "--name")
    facestore(*predict, "it's (mine)")
    facestore(*predict, "other")
    store = tmp_path / "store"
    assert complete("report", "--classifier", "", store=store) == ["it\\'s\\ \\(mine\\)", "other"]
    assert complete("report", "--classifier", "it\\'s\\ \\(m", store=store) == [
        "it\\'s\\ \\(mine\\)"
    ]
    assert complete("check", "--store", str(store), "--classifier", "o") == ["other"]
    assert complete("split", "--dataset", "p", store=store) == ["pictures"]
    assert complete("near", "--model", "t", store=store) == ["tiny\\ fp32"]
    assert complete("score", "raw_g", store=store) == ["raw_gender_labels"]
    assert complete("prompts", "show", "raw_r", store=store) == ["raw_race_labels"]
    assert complete("export", "--split", "v", store=store) == ["val"]
    (store / "facestore.duckdb").write_bytes(b"no database")
    assert complete("report", "--classifier", "", store=store) == [""]


def test_completing_loads_no_heavy_library(facestore, pictures, tmp_path):
    facestore("ingest", pictures)
    code = (
        "import atexit, sys; sys.argv = ['facestore']\n"
        "heavy = {'torch', 'open_clip', 'lancedb', 'polars', 'numpy', 'pyarrow'}\n"
        "atexit.register(lambda: print('LOADED', sorted(heavy & set(sys.modules))))\n"
        "from facestore.cli import main; main()"
    )
    asked = {
        "_FACESTORE_COMPLETE": "complete_bash",
        "COMP_WORDS": "facestore split --dataset ",
        "COMP_CWORD": "3",
        "FACESTORE_STORE": str(tmp_path / "store"),
    }
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | asked
    )
    assert ran.stdout.splitlines() == ["pictures", "LOADED []"]


def test_a_name_that_a_shell_would_run_is_offered_to_none_that_reads_it_again(
    store_is_there, facestore, tmp_path
):
    names = [
        "plain",
        "two words",
        "\\$(touch pwned)",
        "`touch pwned`",
        "a$HOME",
        "it's",
        'a"b',
        "x;y",
    ]
    for name in names:
        quoted = name.replace("'", "''")
        facestore("sql", "--write", f"insert into datasets values ('{quoted}', null, null, now()::timestamp)")  # fmt: skip
    for shell in ("zsh", "fish", "powershell", "pwsh"):
        ran = subprocess.run(
            [sys.executable, "-m", "facestore"], capture_output=True, text=True, check=False,
            cwd=tmp_path,
            env=os.environ | {
                "FACESTORE_STORE": str(tmp_path / "store"),
                "_FACESTORE_COMPLETE": f"complete_{shell}",
                "_TYPER_COMPLETE_ARGS": "facestore split --dataset ",
                "_TYPER_COMPLETE_FISH_ACTION": "get-args",
                "_TYPER_COMPLETE_WORD_TO_COMPLETE": "",
            },
        )  # fmt: skip
        assert "plain" in ran.stdout
        assert "two words" in ran.stdout
        assert not set("$`;'") & set(ran.stdout.replace("'*: :((", "").replace("))'", "")), shell
