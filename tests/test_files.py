from __future__ import annotations

import csv
import errno
import hashlib
import io
import os
import stat
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facestore.files import csv_text, put_in_place, replacing, sha256_of, sync, write_text


@pytest.fixture
def synced(monkeypatch):
    """Return the files and folders that the disk was waited for, by their names at that time."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("the system does not tell the name of an open file")
    names = []
    real = os.fsync

    def fsync(descriptor):
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return names


def test_a_reader_finds_the_old_file_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    with replacing(path) as part:
        assert (part.parent, part.read_bytes()) == (tmp_path, b"")
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_no_part(tmp_path, error):
    path = tmp_path / "page.html"
    path.write_text("old")
    with pytest.raises(error), replacing(path) as part, part.open("w") as file:
        raise error(file.write("ne"))
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


def test_a_folder_in_the_way_leaves_no_part(tmp_path):
    (tmp_path / "page.html").mkdir()
    with pytest.raises(IsADirectoryError):
        write_text(tmp_path / "page.html", "text")
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_its_folder_is_made_and_ends_of_lines_and_letters_stay(tmp_path):
    write_text(tmp_path / "a" / "b" / "ü.csv", "é\r\n\n")
    assert (tmp_path / "a" / "b" / "ü.csv").read_bytes() == b"\xc3\xa9\r\n\n"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_who_may_read_it_is_as_of_any_new_file(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_text(tmp_path / "text", "x")
        with replacing(tmp_path / "made anew") as part:  # as safetensors does
            part.unlink()
            os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o400))
    finally:
        os.umask(before)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_two_who_write_one_file_do_not_meet(tmp_path):
    path = tmp_path / "card.md"
    with replacing(path) as one:
        one.write_text("one")
        with replacing(path) as other:
            other.write_text("other")
        assert path.read_text() == "other"
    assert path.read_text() == "one"
    assert [*tmp_path.iterdir()] == [path]


def test_the_disk_has_the_file_before_the_name_and_then_the_name(tmp_path, synced):
    path = tmp_path / "heads.safetensors"
    write_text(path, "x")
    part, folder = synced
    assert part.startswith(".heads.safetensors-")
    assert part.endswith(".part")
    assert folder == tmp_path.name


def test_what_can_be_made_again_does_not_wait_for_the_disk(tmp_path, synced):
    with replacing(tmp_path / "1.png", lasting=False) as part:
        part.write_text("x")
    assert (tmp_path / "1.png").read_text() == "x"
    assert synced == []


def test_of_a_folder_all_that_is_in_it_is_synced(tmp_path, synced):
    (tmp_path / "part" / "vectors").mkdir(parents=True)
    (tmp_path / "part" / "tables").write_text("x")
    (tmp_path / "part" / "vectors" / "0.lance").write_text("x")
    (tmp_path / "copy").mkdir()  # an empty one gives way
    put_in_place(tmp_path / "part", tmp_path / "copy")
    assert sorted(synced[:-1]) == ["0.lance", "part", "tables", "vectors"]
    assert synced[-1] == tmp_path.name
    assert (tmp_path / "copy" / "vectors" / "0.lance").read_text() == "x"


@pytest.mark.parametrize(
    ("is_refused", "left"), [(stat.S_ISDIR, b"new"), (stat.S_ISREG, b"old")], ids=["folder", "file"]
)
def test_a_system_that_syncs_no_folder_will_do_but_a_disk_that_fails_does_not(
    tmp_path, monkeypatch, is_refused, left
):
    def fsync(descriptor):
        if is_refused(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "refused")

    path = tmp_path / "text"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fsync)
    if left == b"old":
        with pytest.raises(OSError, match="refused"):
            write_text(path, "new")
    else:
        write_text(path, "new")
    assert path.read_bytes() == left
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_that_is_not_there_cannot_be_synced(tmp_path):
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "none")


@pytest.mark.parametrize("n_bytes", [0, 1, 3_000_000])
def test_the_digest_is_that_of_the_content(tmp_path, n_bytes):
    content = os.urandom(n_bytes)
    (tmp_path / "file").write_bytes(content)
    assert sha256_of(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path):
    with (tmp_path / "file").open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    try:
        sha256_of(tmp_path / "file")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


ROW = ["10-19", 'say "x"', "a,b", "two\nlines", None, 3, 0.25, True, "=1+1"]


def test_csv_quotes_what_has_to_be():
    assert csv_text(["a", "b c"], [ROW, []]) == (
        'a,b c\n10-19,"say ""x""","a,b","two\nlines",,3,0.25,True,\'=1+1\n\n'
    )


def test_csv_with_text_in_quotes_has_all_text_in_quotes():
    assert csv_text(["a", "b c"], [ROW], quote_text=True, end="\r\n") == (
        '"a","b c"\r\n"10-19","say ""x""","a,b","two\nlines","",3,0.25,True,"\'=1+1"\r\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(0)", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\tx", "\rx", "\nx", "  =1",
        "\u00a0=1", "\u3000=1", "\ufeff=1", "\u200b=1", "＝1", "＋1", "－1", "＠1", "-", "--1", "+1 2",
        "-1e", "=", "-0.5;=1", "-0.5\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("quote_text", [False, True])
def test_no_cell_or_heading_begins_as_a_formula(text, quote_text):
    written = csv_text([text], [[text]], quote_text=quote_text)
    assert [*csv.reader(io.StringIO(written, newline=""))] == [[f"'{text}"]] * 2
    written = csv_text([text], [[text]], quote_text=quote_text, raw=True)
    assert [*csv.reader(io.StringIO(written, newline=""))] == [[text]] * 2


@pytest.mark.parametrize(
    "value",
    [-0.5, -1, 1e-30, "-0.5", "+3", "-1e-05", "-.5", "a=b", "a-b", "'=1", "10-19", "ä@b", "x\r=1"],
)
def test_what_is_no_formula_stays(value):
    written = csv_text(["a"], [[value]])
    assert [*csv.reader(io.StringIO(written, newline=""))] == [["a"], [str(value)]]


TEXTS = st.text(st.characters(codec="utf-8"))


@given(
    st.lists(st.lists(TEXTS, min_size=2, max_size=2)),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_texts_come_back_from_csv(rows, quote_text, end):
    written = csv_text(["a", "b"], iter(rows), quote_text=quote_text, end=end, raw=True)
    assert [*csv.reader(io.StringIO(written, newline=""))] == [["a", "b"], *rows]


def test_a_name_as_long_as_names_may_be_is_written(tmp_path):
    name = "ä" * 127
    write_text(tmp_path / name, "x")
    assert [each.name for each in tmp_path.iterdir()] == [name]


WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from facestore.files import replacing
with replacing(Path(sys.argv[1])) as part:
    part.write_text("half")
    print(part, flush=True)
    if len(sys.argv) > 2:
        sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_goes_with_the_next_write_and_no_other_does(tmp_path):
    path, other = tmp_path / "page.html", tmp_path / "page.html-x"
    call = [sys.executable, "-c", WRITE_AND_DIE]
    left = [
        subprocess.run([*call, each], capture_output=True, text=True).stdout.strip()
        for each in (path, other)
    ]
    with subprocess.Popen(
        [*call, path, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        alive = running.stdout.readline().strip()
        write_text(path, "new")
        assert {str(each) for each in tmp_path.iterdir()} == {str(path), left[1], alive}
        running.stdin.close()
    write_text(path, "newer")
    assert {str(each) for each in tmp_path.iterdir()} == {str(path), left[1]}


def test_what_was_left_elsewhere_or_by_an_older_version_goes_after_a_day(tmp_path):
    path = tmp_path / "page.html"
    names = [".page.html-00f0ff.1.0123abcd.part", ".page.html-0123abcd.part"]
    for name in names:
        (tmp_path / name).touch()
    write_text(path, "x")
    assert {each.name for each in tmp_path.iterdir()} == {"page.html", *names}
    for name in names:
        os.utime(tmp_path / name, (1, 1))
    write_text(path, "x")
    assert {each.name for each in tmp_path.iterdir()} == {"page.html"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_what_is_no_plain_file_is_written_to_and_stays_what_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with replacing(pipe) as part:
        assert part == pipe
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]
