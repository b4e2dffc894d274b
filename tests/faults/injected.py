"""Let calls on the files of a store fail, one after the other, and see that nothing is lost.

    python tests/faults/injected.py [--each 40] [--only "train probe"] [--seed N] [--out FILE]

A command runs on a copy of a store, or where there is none yet. Its n-th call (open, write, fsync,
rename, lock ...) fails with an error: the disk is full from then on, it cannot be read once, there
is no descriptor left, the file system has no locks, or the process is killed. Then the command has to have said so in one
line, or to have got over it; the same command, run again without the fault, has to end well, and
the store and all files have to be those of an undisturbed run.

`failing_calls.c` is what makes calls fail; it is compiled by `cc` and preloaded. `strace` and the
`fiu-run` of Debian know no n-th call on the files of one folder, and would strike imports.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import campaign
import numpy as np

_ARMED = "FACESTORE_FAILING_CALLS"

(CREATE, OPEN_WRITE, OPEN_READ, READ, WRITE, SYNC, RESIZE,
 RENAME, REMOVE, MAKE_FOLDER, LOCK, MODE, LIST, RESERVE) = (1 << i for i in range(14))  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """An error, the kinds of calls that can end in it, and whether all later ones do, too."""

    error: int
    kinds: int
    stays: bool

    @property
    def name(self) -> str:
        return errno.errorcode.get(self.error, "killed")


_ALL = (1 << 14) - 1
_GROWS = CREATE | WRITE | RESERVE | RENAME | MAKE_FOLDER
_CHANGES = CREATE | OPEN_WRITE | RENAME | REMOVE | MAKE_FOLDER
FAULTS = (
    Fault(errno.ENOSPC, _GROWS, stays=True),
    Fault(errno.EIO, _ALL - LOCK, stays=False),
    Fault(errno.EMFILE, CREATE | OPEN_WRITE | OPEN_READ | LIST, stays=False),
    Fault(errno.ENOLCK, LOCK, stays=True),
    Fault(errno.EDQUOT, _GROWS, stays=True),
    Fault(errno.EROFS, _CHANGES | MODE, stays=True),
    Fault(0, _ALL, stays=False),
    Fault(errno.EACCES, _CHANGES | OPEN_READ | LIST, stays=False),
)


@dataclass(frozen=True)
class Case:
    """A command: its words, and after which commands it runs (none: where there is no store)."""

    name: str
    words: tuple[str, ...]
    start: str = "nothing"
    is_made_once: bool = False  # once it has ended well, the same command is refused


def cases(inputs: Path, out: Path) -> list[Case]:
    """Return the commands that write, and where they begin."""
    split = ("--split", "train")
    data, tiny = ("--dataset", "d"), ("--model", "tiny")
    labels = str(inputs / "labels.csv")
    ingest = (
        "ingest",
        str(inputs / "images"),
        "--labels",
        labels,
        *data,
        *tiny,
        "--device",
        "cpu",
        *split,
    )
    gender = ("--attribute", "gender")
    set_of = ("--prompt-set", "raw_gender_labels")
    import_embeddings = ("import", "embeddings", str(inputs / "vectors.npz"), *data,
                         "--model", "RN50,theirs")  # fmt: skip
    similarities = ("import", "similarities", str(inputs / "scores.json"), *data,
                    "--model", "RN50,openai")  # fmt: skip
    theirs = ("import", "predictions", str(inputs / "predictions.csv"), *data, *gender,
              "--classifier", "theirs")  # fmt: skip
    make = "--create-samples"
    return [
        Case("migrate (no store)", ("migrate",)),
        Case("migrate (old store)", ("migrate",), "old"),
        Case("ingest (no store)", ingest),
        Case("ingest (another data set)", (*ingest[:5], "e", *ingest[6:]), "ingested"),
        Case("import labels (no store)", ("import", "labels", labels, *data, make)),
        Case("import similarities (no store)", (*similarities, make)),
        Case("import similarities", similarities, "ingested"),
        Case("import predictions", theirs, "ingested"),
        Case("import embeddings", import_embeddings, "ingested"),
        Case("prompts add (no store)", ("prompts", "add", str(inputs / "mine.yaml"))),
        Case("score", ("score", "raw_gender_labels", *tiny), "ingested"),
        Case("predict", ("predict", *set_of, *gender, *tiny), "scored"),
        Case("train probe", ("train", "probe", *gender, *data, *tiny, "--name", "mine", *split), "ingested"),
        Case("dedup", ("dedup", "--policy", "keep-one", "--export", str(out / "left.csv")), "ingested"),
        Case("dedup --cosine", ("dedup", "--cosine", "0.99"), "ingested"),
        Case("split", ("split", *data, "--force"), "ingested"),
        Case("snapshot", ("snapshot", str(out / "copy.duckdb")), "full"),
        Case("snapshot --vectors", ("snapshot", str(out / "copy"), "--vectors"), "full", True),
        Case("report", ("report", "--only", "prompts", "--format", "html"), "full"),
        Case("export", ("export", "fairlearn", str(out / "f.csv"), "--classifier", "theirs"), "full"),
        Case("export atlas", ("export", "atlas", str(out / "a.parquet"), *tiny), "full"),
        Case("sql --write", ("sql", "--write", "create table mine as select 1 as one"), "ingested", True),
        Case("doctor --repair", ("doctor", "--repair"), "broken"),
    ]  # fmt: skip


# Each start is what these commands make of another one.
_STARTS = {
    "ingested": ("nothing", ["ingest (no store)"]),
    "scored": ("ingested", ["score"]),
    "full": ("scored", ["predict", "import predictions", "import embeddings"]),
}


@dataclass
class Outcome:
    """What a campaign saw: faults by error and by command, and what was wrong."""

    faults: Counter[str] = field(default_factory=Counter)
    by_command: Counter[str] = field(default_factory=Counter)
    calls: dict[str, int] = field(default_factory=dict)
    told: int = 0
    got_over: int = 0
    killed: int = 0
    problems: list[str] = field(default_factory=list)


class Injections:
    """Runs commands with faults, in a folder of its own."""

    def __init__(self, folder: Path, say: Callable[[str], None], n_images: int = 6) -> None:
        self.folder, self.say, self.outcome = folder, say, Outcome()
        self._log, self._told, self._found = folder / "log", folder / "told", folder / "found.json"
        # Only calls below this folder are counted and fail.
        self._work = folder / "work"
        self._inputs = folder / "inputs"
        self._out, self._store = self._work / "out", self._work / "s"
        _write_inputs(self._inputs, n_images)
        self.cases = {each.name: each for each in cases(self._inputs, self._out)}
        self._starts: dict[str, Path | None] = {"nothing": None}

    def try_case(
        self, case: Case, each: int, rng: random.Random, faults: tuple[Fault, ...]
    ) -> None:
        """Let at most so many calls fail with each error; all of them where there are no more."""
        self._begin(case)
        self._run(case)
        expected = self._state()
        for fault in faults:
            self._begin(case)
            n = self._count(case, fault)
            self.outcome.calls[f"{case.name} {fault.name}"] = n
            chosen = range(1, n + 1) if n <= each else sorted(rng.sample(range(1, n + 1), each))
            for number in chosen:
                self._try(case, fault, number, expected)
        self.say(f"{sum(self.outcome.faults.values())} faults, last: {case.name}, "
                 f"{len(self.outcome.problems)} problems")  # fmt: skip

    def _try(self, case: Case, fault: Fault, number: int, expected: dict[str, object]) -> None:
        self._begin(case)
        self._told.write_text("")
        status = campaign.finish(campaign.start(self._armed(case, fault, number), self._log))
        call = self._told.read_text().strip()
        if not call:  # threads take turns, and there were fewer calls this time
            return
        self.outcome.faults[fault.name] += 1
        self.outcome.by_command[case.name] += 1
        where = f"{case.name}: {fault.name} at call {number} ({call})"
        said = self._log.read_text(errors="replace")
        lines = [line for line in said.splitlines() if line.startswith("Error: ")]
        if status == 0:
            self.outcome.got_over += 1
        elif status == -signal.SIGKILL and not fault.error:
            self.outcome.killed += 1
        elif status == 1 and len(lines) == 1 and "Traceback" not in said:
            self.outcome.told += 1
        else:
            self._problem(f"{where}: status {status}: {said[-1500:]}")
        is_done = status == 0 and case.is_made_once
        # Whoever opens the store next puts back what the fault left half written.
        next_one = (
            campaign.command_line(["doctor"], self._store) if is_done else self._command(case)
        )
        again = campaign.finish(campaign.start(next_one, self._log))
        if again:
            said = self._log.read_text(errors="replace")
            self._problem(f"{where}, first {lines}: run again: status {again}: {said[-1500:]}")
            return
        different = campaign.differences(expected, self._state())
        if different:
            self._problem(f"{where}, status {status}, {lines}: differs in {different}")

    def _problem(self, text: str) -> None:
        self.outcome.problems.append(text)
        self.say(text)

    def _begin(self, case: Case) -> None:
        """Put in place what a command begins with."""
        start = self._start(case.start)
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir()
        self._out.mkdir()
        if start is not None:
            shutil.copytree(start, self._store)

    def _start(self, name: str) -> Path | None:
        if name not in self._starts:
            made = self.folder / f"start-{name}"
            if name == "old":
                campaign.finish(campaign.start(lambda: campaign.write_old_store(made), self._log))
            else:
                before, commands = _STARTS.get(name, ("full", []))
                self._begin(Case("", (), before))
                for command in commands:
                    self._run(self.cases[command])
                if name == "broken":
                    campaign.finish(campaign.start(lambda: _repeat_rows(self._store), self._log))
                shutil.copytree(self._store, made)
            self._starts[name] = made
        return self._starts[name]

    def _command(self, case: Case) -> Callable[[], object]:
        return campaign.command_line(list(case.words), self._store)

    def _run(self, case: Case) -> None:
        if campaign.finish(campaign.start(self._command(case), self._log)):
            message = f"{case.name} did not end well: {self._log.read_text()[-700:]}"
            raise RuntimeError(message)

    def _armed(self, case: Case, fault: Fault, number: int) -> Callable[[], object]:
        def call() -> None:
            told = os.open(self._told, os.O_WRONLY | os.O_APPEND)
            arm(self._work, fault, number, told)
            try:
                self._command(case)()
            finally:
                n = ctypes.CDLL(None).faults_seen()
                if not number:
                    os.write(told, str(n).encode())

        return call

    def _count(self, case: Case, fault: Fault) -> int:
        self._told.write_text("")
        campaign.finish(campaign.start(self._armed(case, fault, 0), self._log))
        return int(self._told.read_text())

    def _state(self) -> dict[str, object]:
        """Return all rows, vectors and files."""

        def read() -> None:
            found = campaign.contents(self._store)
            copy = self._out / "copy"
            if copy.is_dir():
                rows = campaign.contents(copy)
                found |= {f"copy of {name}": each for name, each in rows.items()}
            found["files"] = sorted(_files(self._work))
            self._found.write_text(json.dumps(found, default=_plain))

        if campaign.finish(campaign.start(read, self._log)):
            return {"unreadable": self._log.read_text()[-700:]}
        state: dict[str, object] = json.loads(self._found.read_text())
        return state


def arm(folder: Path, fault: Fault, number: int, told: int) -> None:
    """Let calls fail from now on in this process."""
    ctypes.CDLL(None).faults_arm(
        os.fsencode(folder), fault.kinds, number, fault.error, int(fault.stays), told
    )


def _files(folder: Path) -> Iterator[str]:
    """Name all files that are there when everything has ended well.

    Those of Lance are called otherwise at each run. A log that could not be merged into its file
    has rows that are compared.
    """
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if ".lance/" not in name and path.suffix not in (".wal", ".lock"):
            yield name


def _plain(value: object) -> object:
    return value.tolist() if isinstance(value, np.ndarray) else str(value)


def _repeat_rows(store: Path) -> None:
    import duckdb

    with duckdb.connect(str(store / "facestore.duckdb")) as con:
        con.execute("insert into similarities select * from similarities limit 3")


def _write_inputs(folder: Path, n: int) -> None:
    campaign.write_inputs(folder, n, np.random.default_rng(0))
    names = [f"{i:05}.jpg" for i in range(n)]
    shutil.copyfile(folder / "images" / names[0], folder / "images" / names[-1])
    scores = {name: {"a man": 20.0 + i, "a woman": 21.0} for i, name in enumerate(names)}
    (folder / "scores.json").write_text(json.dumps(scores))
    (folder / "mine.yaml").write_text(
        "prompt_set: mine\ndescription: two\nprompts:\n"
        "  - {text: a man, classes: {gender: Male}}\n"
        "  - {text: a woman, classes: {gender: Female}}\n"
    )


def compiled(folder: Path) -> Path | None:
    """Compile the library that is preloaded; None where it cannot be."""
    source, library = Path(__file__).with_name("failing_calls.c"), folder / "failing_calls.so"
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    words = [compiler, "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"]
    return library if subprocess.run(words, check=False).returncode == 0 else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--each", type=int, default=40, help="calls of a command for each error")
    parser.add_argument("--only", action="append", help="a command (repeatable)")
    parser.add_argument("--errors", nargs="*", help="ENOSPC, EIO ...; all if left out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        if _ARMED not in os.environ:  # again, with the library before all others
            library = compiled(folder)
            if library is None:
                print("no C compiler, or not Linux: nothing was tried")
                return 77
            environment = os.environ | {"LD_PRELOAD": str(library), _ARMED: "1"}
            return subprocess.run(
                [sys.executable, *sys.argv], env=environment, check=False
            ).returncode
        del os.environ["LD_PRELOAD"]  # of this process alone
        os.environ["FACESTORE_WAIT"] = "1"
        campaign.preload()
        injections = Injections(folder, lambda line: print(line, flush=True))
        faults = tuple(f for f in FAULTS if not options.errors or f.name in options.errors)
        for case in injections.cases.values():
            if not options.only or case.name in options.only:
                injections.try_case(case, options.each, random.Random(options.seed), faults)
        text = json.dumps(vars(injections.outcome), indent=2)
        if options.out:
            options.out.write_text(text)
        print(text)
    return 1 if injections.outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
