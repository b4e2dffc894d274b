"""Cut the power at every point of a command, and see that nothing acknowledged is lost.

    python tests/faults/power/campaign.py --states 200 [--commands ingest,score] [--seed N] [--out FILE]

Each command runs once under strace. From the record a disk is rebuilt as a cut at any of its calls may
leave it (`disk.py`). Of each such state: `doctor` and `info` end without a traceback; what was there before
the command is there, rows and vectors alike; samples that are there have their vectors; the same command
succeeds, and the store then equals one that was never disturbed. After the last call, nothing may be missing.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from faults import campaign as kills
from faults.power import disk
from faults.power.record import can_trace, record

# What comes before a command, in the order of their names here.
BEFORE: dict[str, tuple[str, ...]] = {
    "ingest, new store": (),
    "ingest": ("ingest few",),
    "import embeddings": ("ingest few",),
    "score": ("ingest",),
    "migrate": ("old store",),
    "snapshot": ("ingest few", "snapshot"),
    "snapshot --vectors": ("ingest few",),
    "predict": ("ingest", "score"),
    "forget": ("ingest", "score"),
}
# All audits run on each so manieth state, those of vectors on all: the rows are compared as well.
_ALL_AUDITS = 8


@dataclass
class Outcome:
    """What was tried, by command, and what went wrong."""

    states: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    calls: dict[str, int] = field(default_factory=dict)
    mended: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class PowerCuts:
    """Cuts of commands, in a folder of its own.

    Parameters
    ----------
    folder
        A new folder.
    n_images
        How many pictures `ingest` has.
    say
        Takes lines.
    """

    def __init__(
        self, folder: Path, n_images: int, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.folder, self.say, self.outcome = folder, say, Outcome()
        self._log, self._result = folder / "log", folder / "result.json"
        kills.write_inputs(folder / "inputs", n_images, np.random.default_rng(0))
        few = folder / "inputs" / "few"
        few.mkdir()
        for path in sorted((folder / "inputs" / "images").iterdir())[: n_images // 2]:
            shutil.copyfile(path, few / path.name)

    def cut(self, command: str, n_states: int, seed: int = 0) -> None:
        """Try so many states of a command, and its last ones."""
        root = self.folder / "root"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        self._prepare(command, root)
        facts = self._facts(root)
        before = disk.read(root)  # LanceDB makes its folder when it looks for it
        runner = [
            sys.executable,
            str(Path(__file__).with_name("runner.py")),
            *self._words(command, root),
        ]
        calls = record(runner, root, self.folder / "trace")
        self.outcome.calls[command] = len(calls)
        after, reference = disk.read(root), self._facts(root)
        if command == "forget":
            facts = staying(facts, reference)
        tried: set[int] = set()
        drawn = sorted(_drawn(len(calls), n_states, seed))
        shutil.rmtree(root)
        disk.write(before, root)
        shadow = disk.Disk(root)
        for done in range(len(calls) + 1):
            while drawn and drawn[0][0] == done:
                _, mode, number = drawn.pop(0)
                state = shadow.left(mode, number)
                if (found := disk.fingerprint(state)) in tried:
                    self.outcome.same[command] += 1
                    continue
                tried.add(found)
                self.outcome.states[command] += 1
                where = f"{command}, {mode}{number} after call {done} of {len(calls)}"
                is_last = done == len(calls)
                self._examine(command, state, facts, reference, where, is_last=is_last)
            if done < len(calls):
                shadow.do(calls[done])
        if shadow.now() != after:
            self.outcome.problems.append(f"{command}: the record does not give what is there")

    def _examine(
        self,
        command: str,
        state: disk.State,
        before: dict[str, object],
        reference: dict[str, object],
        where: str,
        *,
        is_last: bool,
    ) -> None:
        """Do with one state what a user would."""
        root = self.folder / "root"
        problems = []

        def fresh() -> None:
            shutil.rmtree(root, ignore_errors=True)
            disk.write(state, root)

        fresh()
        is_whole_check = is_last or sum(self.outcome.states.values()) % _ALL_AUDITS == 0
        for words in (["doctor"], ["info"]) if is_whole_check else (["doctor", "vectors/"],):
            _, said = self._run([*words, "--store", str(root / "store")])
            if "Traceback" in said or "panicked" in said:
                problems.append(f"{words[0]}: {said[-600:]}")
        found = self._facts(root, mend=not is_last)
        problems += lost(before, found)
        problems += without_vectors(found)
        if is_last and (differing := kills.differences(reference, found)):
            problems.append(f"not there though it had ended: {differing}")
        fresh()
        status, said = self._run(self._words(command, root))
        self.outcome.mended[command] += "set_aside" in said
        # A copy that was whole already is not made again.
        is_done = command == "snapshot --vectors" and "is there already" in said
        if (status and not is_done) or "Traceback" in said:
            problems.append(f"the same command: status {status}, {said[-600:]}")
        else:
            differing = kills.differences(reference, self._facts(root))
            problems += [f"not as undisturbed: {differing}"] if differing else []
        self.outcome.problems += [f"{where}: {each}" for each in problems]
        for each in problems:
            self.say(f"PROBLEM {where}: {each}")

    def _prepare(self, command: str, root: Path) -> None:
        for step in BEFORE[command]:
            if step == "old store":
                kills.finish(kills.start(lambda: kills.write_old_store(root / "store"), self._log))
                continue
            status, said = self._run(self._words(step, root))
            if status:
                message = f"{step}: {said[-1000:]}"
                raise RuntimeError(message)

    def _words(self, command: str, root: Path) -> list[str]:
        inputs = self.folder / "inputs"
        if command == "ingest few":
            words = [
                "ingest",
                str(inputs / "few"),
                "--dataset",
                "few",
                "--model",
                "tiny",
                "--device",
                "cpu",
            ]
        else:
            words = kills.arguments(command.removesuffix(", new store"), inputs, root)
        if command == "import embeddings":
            words.append("--create-samples")
        return [*words, "--store", str(root / "store")]

    def _run(self, words: list[str]) -> tuple[int, str]:
        status = kills.finish(
            kills.start(kills.command_line(words[:-2], Path(words[-1])), self._log)
        )
        return status, self._log.read_text(errors="replace")

    def _facts(self, root: Path, *, mend: bool = False) -> dict[str, object]:
        """Return what a store holds, and what a published copy does."""
        if not (root / "store" / "facestore.duckdb").exists() and not (root / "copy").exists():
            return {}
        import pickle

        def look() -> None:
            self._result.write_bytes(pickle.dumps(facts(root, mend=mend)))

        self._result.unlink(missing_ok=True)
        kills.finish(kills.start(look, self._log))
        if not self._result.exists():
            return {"unreadable": self._log.read_text(errors="replace")[-600:]}
        found: dict[str, object] = pickle.loads(self._result.read_bytes())
        return found


def facts(root: Path, *, mend: bool) -> dict[str, object]:
    """Return the rows and vectors of a store, and of its copies."""
    from facestore.files import sha256_of
    from facestore.store import Store

    found: dict[str, object] = {}
    for folder in (root / "store", root / "copy"):
        if not folder.exists():
            continue
        if mend:
            with Store.open(folder) as opened:
                for name in opened.vectors._listed():
                    opened.vectors._state(name).mend(name, None)
        found |= {f"{folder.name}: {name}": rows for name, rows in kills.contents(folder).items()}
    copy, checksum = root / "copy.duckdb", root / "copy.duckdb.sha256"
    if copy.exists() and checksum.exists():
        found["checksum fits"] = [(checksum.read_text().split()[0] == sha256_of(copy),)]
    return found


def lost(before: dict[str, object], found: dict[str, object]) -> list[str]:
    """Say what was there before the command and is not any more."""
    if "unreadable" in found:
        return [f"unreadable: {found['unreadable']}"] if before else []
    if found.get("checksum fits") == [(False,)]:
        return ["a copy does not fit its checksum"]
    problems = []
    for name, rows in before.items():
        if name == "checksum fits":  # it is taken away first, so that it never fits another file
            continue
        if name not in found:
            problems.append(f"{name} is gone")
        elif "/" in name:
            problems += (
                [f"{name}: a vector"]
                if _vectors(rows).items() - _vectors(found[name]).items()
                else []
            )
        elif name.endswith("vector_batches"):  # numbers of rows, which grow
            now = {row[:2]: row[2] for row in found[name]}  # type: ignore[attr-defined]
            if any(now.get(row[:2], 0) < row[2] for row in rows):  # type: ignore[attr-defined]
                problems.append("vector_batches: checksums of rows")
        elif set(map(str, rows)) - set(map(str, found[name])):  # type: ignore[call-overload]
            problems.append(f"{name}: a row")
    return problems


def staying(before: dict[str, object], reference: dict[str, object]) -> dict[str, object]:
    """Return what was there before a command that takes out, without what it takes out."""
    kept: dict[str, object] = {}
    for name, rows in before.items():
        if name.endswith("vector_batches"):  # rows whose place changes are recorded anew
            continue
        if "/" in name:
            known = set(reference[name][0])  # type: ignore[index]
            keys, vectors = rows  # type: ignore[misc]
            places = [i for i, key in enumerate(keys) if key in known]
            kept[name] = ([keys[i] for i in places], vectors[places])
        else:
            known = set(map(str, reference[name]))  # type: ignore[call-overload]
            kept[name] = [row for row in rows if str(row) in known]  # type: ignore[attr-defined]
    return kept


def without_vectors(found: dict[str, object]) -> list[str]:
    """Say which samples of an encoded data set have no vector, though they are there."""
    vectors = {
        key
        for name, each in found.items()
        if name.startswith("store: vectors/tiny") and "images" in name
        for key in each[0]
    }  # type: ignore[index]
    samples = found.get("store: samples", [])
    missing = [
        row
        for row in samples
        if row[1] in ("d", "few") and row[3] is not None and row[3] not in vectors
    ]  # type: ignore[attr-defined]
    return [f"{len(missing)} samples without a vector, such as {missing[0]}"] if missing else []


def _vectors(named: object) -> dict[str, bytes]:
    keys, rows = named  # type: ignore[misc]
    return {key: row.tobytes() for key, row in zip(keys, rows, strict=True)}


def _drawn(n_calls: int, n_states: int, seed: int) -> set[tuple[int, str, int]]:
    """Draw moments and what is left then; the moment after the last call is always among them."""
    chance = random.Random(seed)
    last = {(n_calls, mode, 0) for mode in disk.MODES}
    everything = [(i, mode, 0) for i in range(n_calls) for mode in "a0z"]
    everything += [(i, "c", number) for i in range(n_calls) for number in range(2)]
    return last | set(chance.sample(everything, min(n_states, len(everything))))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--states", type=int, default=200, help="a command")
    parser.add_argument("--images", type=int, default=30)
    parser.add_argument("--commands", default=";".join(BEFORE))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if not can_trace():
        print("strace is not here, or may not trace.")
        return 2
    kills.preload()
    with tempfile.TemporaryDirectory() as folder:
        cuts = PowerCuts(Path(folder), options.images, lambda line: print(line, flush=True))
        outcome = cuts.outcome
        for command in options.commands.split(";"):
            started = time.monotonic()
            cuts.cut(command, options.states, options.seed)
            result = {
                "states": dict(outcome.states), "same": dict(outcome.same), "calls": outcome.calls,
                "mended": dict(outcome.mended), "problems": outcome.problems,
            }  # fmt: skip
            text = json.dumps(result, indent=2)
            print(
                f"{command}: {outcome.states[command]} states in {time.monotonic() - started:.0f} s",
                flush=True,
            )
            if options.out:
                options.out.write_text(text)
        print(text)
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
