"""Every trap of support/hostile.py is read by ten commands, and all that they open is traced.

    python tests/faults/hostile.py [--only NAME ...] [--quick]

Each store is visited by a process of its own under strace. It must open no file but those of the
store, of its source and of the program itself, contact no address, print no secret, and end each
command with 0, 1 or 3 (a limit of `check` is broken), never in a traceback.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]

from support.hostile import FILES, HARMLESS, NAMES, SECRET, SHOWN, SQL, World  # noqa: E402

TRACED = "file,network"
_CALL = re.compile(r'(?P<call>\w+)\((?:AT_FDCWD, )?"(?P<path>[^"]*)"(?P<rest>.*)')
_NETWORK = re.compile(r"\b(?:connect|sendto|sendmsg)\(.*AF_INET")
# Calls that look where a link leads, which is how it is refused: they open nothing.
_LOOKS = {"stat", "lstat", "newfstatat", "statx", "readlink", "readlinkat", "access", "faccessat2"}
# Calls that open, or change what is there.
_OPENS = {"open", "openat", "openat2", "creat", "rename", "unlink", "execve", "link", "truncate"}


def commands(store: Path, out: Path, *, quick: bool) -> list[list[str]]:
    """Return what is run on each store; where it has to be quick what shows figures and pictures."""
    shown = [
        ["info"],
        ["sql", "from leaderboard"],
        ["report", "--images", "--out", str(out / "pages")],
        ["near", "1", "--html", str(out / "near.html")],
    ]
    others = [
        ["sql", "from datasets"],
        ["check", "--min-accuracy", "0.1"],
        ["doctor"],
        ["export", "fiftyone", str(out / "fiftyone.json")],
        ["snapshot", str(out / "copy.duckdb")],
        ["explain", "1", "--prompt", "a face", "--out", str(out / "maps")],
    ]
    listed = shown if quick else shown + others
    return [[*each, "--store", str(store)] for each in listed]


def visit(store: Path, out: Path, *, quick: bool) -> None:
    """Run the commands in this process and write what they said."""
    from facestore.cli import main

    said = []
    for command in commands(store, out, quick=quick):
        sys.argv = ["facestore", *command]
        texts = io.StringIO()
        status: object = None
        with redirect_stdout(texts), redirect_stderr(texts):
            try:
                main()
            except SystemExit as ended:
                status = ended.code or 0
            except BaseException as error:  # noqa: BLE001 - it is what is looked for
                status = f"{type(error).__name__}: {error}"
        said.append({"command": command, "status": status, "said": texts.getvalue()})
    out.mkdir(exist_ok=True)
    (out / "said.json").write_text(json.dumps(said))


def make(store: Path, pictures: Path, labels: Path) -> None:
    """Make the good store."""
    from facestore.store import Store

    with Store.open(store) as opened:
        opened.ingest(pictures, dataset="d", labels=labels, models=["tiny"])
        opened.score("raw_gender_labels")
        opened.predict(attribute="gender", prompt_set="raw_gender_labels")


def problems_of(world: World, name: str, *, quick: bool) -> list[str]:
    """Visit a trap and return what went wrong."""
    store, out, trace = world.hostile(name), world.folder / "out", world.folder / "trace"
    before, temporary = fingerprint(world.outside), world.folder / "temporary"
    temporary.mkdir(exist_ok=True)
    shutil.rmtree(out, ignore_errors=True)
    strace = shutil.which("strace")
    tracing = [
        strace,
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-s",
        "4096",
        "-e",
        f"trace={TRACED}",
        "-o",
        str(trace),
    ]
    ran = subprocess.run(
        [*(tracing if strace else []), sys.executable, __file__, "--visit", store, out]
        + (["--quick"] if quick else []),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    if not (out / "said.json").is_file():
        return [f"it ended with {ran.returncode}: {ran.stderr[-500:]}"]
    found = told_wrong(world, name, out)
    if fingerprint(world.outside) != before:
        found.append("a file outside was changed")
    return found + (traced_wrong(world, trace) if strace else [])


def told_wrong(world: World, name: str, out: Path) -> list[str]:
    """Return what commands said or wrote that they must not."""
    found = []
    for each in json.loads((out / "said.json").read_text()):
        what = f"{each['command'][0]} ({each['status']})"
        refusal = 1 if name in SQL or name in FILES else None
        if each["status"] not in (0, 1, 3) or "Traceback" in each["said"]:
            found.append(f"{what}: {each['said'][-300:]}")
        if refusal is not None and each["status"] != refusal:
            found.append(f"{what} was not refused")
    secrets = [SECRET.encode(), base64.b64encode(world.secret.read_bytes())[:200]]
    for file in (each for each in out.rglob("*") if each.is_file()):
        content = file.read_bytes()
        found += [f"{file.name} has a secret" for each in secrets if each in content]
        if file.name == "faces.html" and (name in SHOWN) != (b'src="faces/' in content):
            found.append("a page has a picture of outside, or not that of the source")
        is_page = file.suffix in (".html", ".svg")  # elsewhere it is a name like any other
        if is_page and (b"<script>alert(1)" in content or b'href="javascript:' in content):
            found.append(f"{file.name} has a script of the store")
    return [each for each in found if "copy.duckdb has a secret" not in each]


def traced_wrong(world: World, trace: Path) -> list[str]:
    """Return what was opened or contacted that must not be."""
    allowed = [
        *(world.store, world.folder / "out", world.pictures, REPOSITORY),
        *(sys.prefix, sys.base_prefix, Path(sys.executable).resolve().parent.parent),
        *("/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev", "/bin", "/sbin"),
        *(os.environ[name] for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME")),
        world.folder / "temporary",
    ]
    prefixes = tuple(str(each) for each in allowed)
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        if _NETWORK.search(line):
            found.append(f"network: {line[:200]}")
        call = _CALL.search(line)
        if call is None or (call["rest"].rstrip().endswith(")") and "= -1" in call["rest"]):
            continue
        path = call["path"]
        if path == str(world.folder):  # the names in it are synced, after `out` was put there
            continue
        is_outside = str(world.outside) in path and call["call"] not in _LOOKS
        is_open = call["call"] in _OPENS and path.startswith("/") and "O_DIRECTORY" not in line
        if "= -1" not in call["rest"] and (
            is_outside or (is_open and not path.startswith(prefixes))
        ):
            found.append(line[:200])
    return sorted(set(found))[:5]


def fingerprint(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds."""
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def campaign(only: list[str], *, quick: bool) -> dict[str, list[str]]:
    """Visit traps; return the problems of each that has some."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
            os.environ[name] = str(Path(folder) / name)
        world = World(Path(folder) / "world", make)
        bad = {}
        for name in only or (HARMLESS, *NAMES):
            found = problems_of(world, name, quick=quick)
            print(f"{'BAD' if found else 'ok '} {name}", *found, sep="\n    ", flush=True)
            if found:
                bad[name] = found
    return bad


def _main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--visit", nargs=2, type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    if given.visit:
        visit(*given.visit, quick=given.quick)
        return 0
    bad = campaign(given.only, quick=given.quick)
    n = len(given.only or NAMES)
    print(f"{n} stores, {len(FILES)} of them with links; {len(bad)} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(_main())
