"""Kill commands at random moments, and see that nothing is lost, doubled or half written.

    python tests/faults/campaign.py --kills 210 --images 2000 [--seed N] [--out FILE]

Every command runs in a process of its own, which gets SIGKILL after a random time. After each kill
`facestore doctor --deep`, which reads every vector and compares its checksum, has to pass, or `doctor
--deep --repair` has to make it pass. When a command was killed often enough it runs to its end; the
store must then equal one that was never disturbed: every row of every table, vectors to 1e-5, and
every vector with a checksum.

The processes are forked from this one, which has torch loaded, so that the kills hit the work and
not the imports.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

COMMANDS = (
    "migrate", "ingest", "score", "predict", "import labels", "import predictions",
    "import similarities", "import embeddings", "train probe", "dedup", "forget", "report", "snapshot",
    "snapshot --vectors",
)  # fmt: skip
# A store of this schema is what `migrate` begins with.
OLD_VERSION = 3
TOLERANCE = 1e-5
# Who is forgotten.
PERSON = "00003.jpg"
# Rows of a person, by what `forget` has to have taken out at one moment.
_TRACES = """
select
    (select count(*) from samples where dataset = 'd' and path = $path),
    (select count(*) from images where image_id = $image_id),
    (select count(*) from labels where sample_id = $sample_id),
    (select count(*) from predictions where sample_id = $sample_id),
    (select count(*) from similarities where sample_id = $sample_id)
"""


@dataclass
class Outcome:
    """What a campaign saw."""

    kills: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    repaired: int = 0
    rounds: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def n_kills(self) -> int:
        return sum(self.kills.values())


def write_inputs(folder: Path, n: int, rng: np.random.Generator) -> None:
    """Write pictures of 32 to 64 pixels, some of them twice, labels, predictions and vectors."""
    images = folder / "images"
    images.mkdir(parents=True)
    names, genders = [f"{i:05}.jpg" for i in range(n)], ("Male", "Female")
    for i, name in enumerate(names):
        if i % 50 == 49:
            shutil.copyfile(images / names[i - 1], images / name)
            continue
        side = int(rng.integers(32, 65))
        coarse = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC).save(images / name)
    (images / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    rows = [f"{name},20-29,{genders[i % 2]},White" for i, name in enumerate(names)]
    (folder / "labels.csv").write_text("file,age,gender,race\n" + "\n".join(rows) + "\n")
    (folder / "other.csv").write_text(
        "\n".join(["file,gender", *(f"o{i}.jpg,Male" for i in range(n))])
    )
    prompts = ("a photo of a man", "a photo of a woman")
    given = {
        name: dict(zip(prompts, (20.0 + i % 7, 22.5), strict=True)) for i, name in enumerate(names)
    }
    (folder / "similarities.json").write_text(json.dumps(given))
    drawn = rng.integers(0, 2, n)
    rows = [f"{name},{genders[int(each)]}" for name, each in zip(names, drawn, strict=True)]
    (folder / "predictions.csv").write_text("file,predicted\n" + "\n".join(rows) + "\n")
    vectors = rng.normal(size=(n, 48)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[49::50] = vectors[48::50][: len(vectors[49::50])]  # the same picture has one vector
    np.savez(folder / "vectors.npz", files=np.array(names), emb=vectors)


def write_old_store(folder: Path) -> None:
    """Make a store of an older schema, without views."""
    import duckdb

    from facestore import resources
    from facestore.catalog import migrate

    folder.mkdir()
    with duckdb.connect(str(folder / "facestore.duckdb")) as con:
        known = migrate.load_migrations(resources.folder("migrations"))
        migrate.migrate(con, known, stop_before=OLD_VERSION + 1)


def arguments(command: str, inputs: Path, out: Path) -> list[str]:
    """Return the command line of a step."""
    data = ["--dataset", "d"]
    return {
        "migrate": ["migrate"],
        "ingest": ["ingest", str(inputs / "images"), "--labels", str(inputs / "labels.csv"),
                   *data, "--split", "train", "--model", "tiny", "--device", "cpu"],
        "score": ["score", "original_clip_labels_v2", "--model", "tiny"],
        "predict": ["predict", "--prompt-set", "original_clip_labels_v2", "--attribute", "gender",
                    "--model", "tiny"],
        "import predictions": ["import", "predictions", str(inputs / "predictions.csv"), *data,
                               "--attribute", "gender", "--classifier", "theirs"],
        "import labels": ["import", "labels", str(inputs / "other.csv"), "--dataset", "other",
                          "--create-samples"],
        "import similarities": ["import", "similarities", str(inputs / "similarities.json"), *data,
                                "--model", "ViT-L-14,openai"],
        "train probe": ["train", "probe", *data, "--attribute", "gender", "--model", "tiny",
                        "--l2", "1", "--name", "probe"],
        "dedup": ["dedup", "--policy", "keep-one"],
        "forget": ["forget", PERSON, *data],
        "report": ["report"],
        "import embeddings": ["import", "embeddings", str(inputs / "vectors.npz"), *data,
                              "--model", "RN50,theirs"],
        "snapshot": ["snapshot", str(out / "copy.duckdb")],
        "snapshot --vectors": ["snapshot", str(out / "copy"), "--vectors"],
    }[command]  # fmt: skip


def start(work: Callable[[], object], log: Path) -> int:
    """Run something in a forked process; its output goes to a file."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        work()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException as error:  # noqa: BLE001
        os.write(2, repr(error).encode())
    finally:
        sys.stdout.flush()
        os._exit(status)


def command_line(words: list[str], store: Path) -> Callable[[], object]:
    """Return a call of the command line; vectors and rows are written often, so that kills meet it."""

    def call() -> None:
        from facestore.cli import main
        from facestore.ingest import run as ingest_run

        ingest_run._VECTOR_SECONDS, ingest_run._SAMPLE_SECONDS = 0.05, 0.2
        ingest_run._FRAGMENTS = 4
        sys.argv = ["facestore", *words, "--store", str(store)]
        main()

    return call


def finish(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_after(pid: int, seconds: float, once: Path | None = None) -> bool:
    """Kill a process so long after it began, or after a file came; False if it had ended by then."""
    deadline = None if once else time.monotonic() + seconds
    while deadline is None or time.monotonic() < deadline:
        if deadline is None and once is not None and once.exists():
            deadline = time.monotonic() + seconds
        ended, _ = os.waitpid(pid, os.WNOHANG)
        if ended:
            return False
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    return finish(pid) == -signal.SIGKILL


def contents(store: Path) -> dict[str, object]:
    """Return every row of every table but for times, and all vectors, sorted."""
    import duckdb

    from facestore.store import Store

    found: dict[str, object] = {}
    with duckdb.connect(str(store / "facestore.duckdb"), read_only=True) as con:
        tables = [
            name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()
        ]
        if "vector_batches" in tables:  # not yet in the store that `migrate` begins with
            # How many batches there are is decided by when they were written.
            found["vector_batches"] = con.execute(
                "select encoder_id, kind, sum(n_rows)::bigint from vector_batches group by all order by all"
            ).fetchall()
        if "forgotten" in tables:  # its digests are by a random key
            found["forgotten"] = con.execute(
                "select kind, count(*) from forgotten group by all order by all"
            ).fetchall()
        # What is kept as counts may be counted by the next command, but is never wrong.
        derived = {each for each in tables if each.startswith(("kept_", "counted_"))}
        if derived:
            found["stale counts"] = con.execute("from count_checks where not is_current").fetchall()
        others = {"runs", "vector_batches", "forgotten", "forgotten_key"}
        for table in sorted(set(tables) - derived - others):
            columns = con.execute(f"select * from {table} limit 0").description
            wanted = [
                name for name, kind, *_ in columns if str(kind) not in ("TIMESTAMP", "DATETIME")
            ]
            floats = {
                name for name, kind, *_ in columns if str(kind) in ("FLOAT", "DOUBLE", "NUMBER")
            }
            # what is exact decides the order of the rows
            order = sorted(wanted, key=lambda name: name in floats)
            quoted = ", ".join(f'"{name}"' for name in order)
            found[table] = con.execute(f"select {quoted} from {table} order by all").fetchall()
        if "classifiers" in found:
            found["classifiers"] = [
                tuple(map(_without_checksum, row)) for row in found["classifiers"]
            ]
    with Store.open(store) as opened:
        vectors = opened.vectors
        for name in vectors.names():
            table = vectors._db.open_table(name).to_arrow()
            keys = table.column(0).to_pylist()
            width = table.schema.field("vector").type.list_size
            flat = table["vector"].combine_chunks().flatten().to_numpy()
            rows = flat.reshape(len(keys), width)
            order = np.argsort(np.array(keys))
            found[f"vectors/{name}"] = ([keys[i] for i in order], rows[order])
    return found


def _without_checksum(value: object) -> object:
    """Read the details of a classifier, without the checksum of the file that it is from.

    Images that are encoded in another batch have vectors with other last digits, and so have heads
    that are trained on them; what they predict is compared, and `doctor --deep` compares the file.
    """
    if not (isinstance(value, str) and value.startswith("{")):
        return value
    details = json.loads(value)
    details.pop("file_sha256", None)
    return sorted(details.items())


def differences(one: dict[str, object], other: dict[str, object]) -> list[str]:
    """Say in what two stores differ."""
    if one.keys() != other.keys():
        return [f"tables {sorted(one.keys() ^ other.keys())}"]
    return [
        f"{name}: {_first_difference(one[name], other[name])}"
        for name in one
        if not _same(one[name], other[name])
    ]


def _first_difference(a: object, b: object) -> str:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple) and len(a) == len(b):
        pairs = zip(a, b, strict=True)
        return next(_first_difference(x, y) for x, y in pairs if not _same(x, y))
    return f"{str(a)[:200]} became {str(b)[:200]}"


def _same(a: object, b: object) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= TOLERANCE
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and bool(np.abs(a - b).max(initial=0) <= TOLERANCE)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return a == b


class Campaign:
    """Rounds over all commands, in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        n_images: int,
        seed: int,
        say: Callable[[str], None],
        commands: Sequence[str] = COMMANDS,
    ) -> None:
        self.folder, self.say, self.outcome = folder, say, Outcome()
        self._commands = commands
        self._random = random.Random(seed)
        self._log = folder / "log"
        self._out = folder / "out"
        self._out.mkdir()
        write_inputs(folder / "inputs", n_images, np.random.default_rng(seed))
        finish(start(lambda: write_old_store(folder / "old"), self._log))
        self._seconds: dict[str, float] = {}
        self._reference = folder / "reference"
        shutil.copytree(folder / "old", self._reference)
        for command in self._commands:
            started = time.monotonic()
            self._complete(command, self._reference)
            self._seconds[command] = time.monotonic() - started
        self.say(f"undisturbed: { ({c: round(s, 2) for c, s in self._seconds.items()}) }")

    def round(self, kills: dict[str, int]) -> None:
        """Build a store anew, each command killed so often; compare it with the undisturbed one."""
        store = self.folder / "store"
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(self.folder / "old", store)
        for command in self._commands:
            self._kill(command, store, kills.get(command, 0))
            self._complete(command, store)
        found = self.folder / "differences.json"
        found.unlink(missing_ok=True)

        def compare() -> None:
            copy = self._out / "copy"
            names = [
                *differences(contents(self._reference), contents(store)),
                *(f"snapshot: {each}" for each in differences(contents(store), contents(copy))),
            ]
            found.write_text(json.dumps(names))

        if finish(start(compare, self._log)):
            self.outcome.problems.append(f"comparison: {self._said()}")
        else:
            self.outcome.problems += json.loads(found.read_text())
        self.outcome.rounds += 1

    def _kill(self, command: str, store: Path, n: int) -> None:
        before = self.folder / "before"
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(store, before)
        missed = 0
        done = 0
        if command == "forget":
            self._meet(store)
        while done < n and missed < 20 * max(n, 1):
            self._clear(command)
            words = arguments(command, self.folder / "inputs", self._out)
            started = time.monotonic()
            pid = start(command_line(words, store), self._log)
            limit = self._seconds[command] * self._random.uniform(0.02, 1.0)
            # Three of four kills of `forget` come while it changes something.
            begun = store / ".removing.json" if command == "forget" and done % 4 else None
            if killed_after(pid, limit / (4 if begun else 1), begun):
                done += 1
                self.outcome.kills[command] += 1
                self._examine(command, store)
                self.say(f"{self.outcome.n_kills} kills, last: {command} after {limit:.2f} s")
            else:  # it had ended: begin again from where it began
                missed += 1
                # The machine may be faster now than it was, and a try may find little left to do.
                self._seconds[command] = time.monotonic() - started
                shutil.rmtree(store)
                shutil.copytree(before, store)

    def _examine(self, command: str, store: Path) -> None:
        if command.startswith("snapshot"):
            self._examine_snapshot()
        if command == "forget":
            self._examine_person(store)
        if not self._doctor(store, []):
            self.outcome.clean += 1
        elif self._doctor(store, ["--repair"]):
            self.outcome.problems.append(f"{command}: {self._said()}")
        else:
            self.outcome.repaired += 1

    def _examine_snapshot(self) -> None:
        """Nothing is published but what is whole."""
        import hashlib

        file, note = self._out / "copy.duckdb", self._out / "copy.duckdb.sha256"
        if note.exists():
            found = hashlib.sha256(file.read_bytes()).hexdigest()
            if not note.read_text().startswith(found):
                self.outcome.problems.append("snapshot: another checksum")
        copy = self._out / "copy"
        if copy.exists() and self._doctor(copy, []):
            self.outcome.problems.append(f"snapshot: {self._said()}")

    def _meet(self, store: Path) -> None:
        """Learn by what a person is known, before they are forgotten."""
        found = self.folder / "person.json"

        def look() -> None:
            import duckdb

            with duckdb.connect(str(store / "facestore.duckdb"), read_only=True) as con:
                row = con.execute(
                    "select sample_id, image_id from samples where dataset = 'd' and path = ?",
                    [PERSON],
                ).fetchone()
                who = {"path": PERSON, "sample_id": row[0], "image_id": row[1]}
                traces = con.execute(_TRACES, who).fetchone()
            found.write_text(json.dumps([who, traces]))

        finish(start(look, self._log))
        self._person, self._traces = json.loads(found.read_text())
        self.forgotten = Counter[str]()

    def _examine_person(self, store: Path) -> None:
        """After a kill they are forgotten, or not yet."""
        found = self.folder / "traces.json"

        def look() -> None:
            import duckdb

            with duckdb.connect(str(store / "facestore.duckdb"), read_only=True) as con:
                found.write_text(json.dumps(con.execute(_TRACES, self._person).fetchone()))

        if finish(start(look, self._log)):
            self.outcome.problems.append(f"forget: {self._said()}")
            return
        traces = json.loads(found.read_text())
        if traces == self._traces:
            self.forgotten["not yet"] += 1
        elif not any(traces):
            self.forgotten["forgotten"] += 1
        else:
            self.outcome.problems.append(f"forget: half gone, {traces} of {self._traces}")
        self.say(f"after a kill of forget: {dict(self.forgotten)}")

    def _doctor(self, store: Path, more: list[str]) -> int:
        # A store that was never migrated has no audits to run.
        words = ["doctor", "--deep", "--format", "json", *more]
        pid = start(command_line(words, store), self._log)
        status = finish(pid)
        if status and "facestore migrate" in self._log.read_text():
            return 0 if self._whole_version(store) else 1
        return status

    def _whole_version(self, store: Path) -> bool:
        """Whether a killed migration left the tables of exactly one version."""

        def count() -> None:
            import duckdb

            with duckdb.connect(str(store / "facestore.duckdb"), read_only=True) as con:
                con.execute("select max(version), count(*) from schema_migrations")
                version, n = con.fetchone() or (0, 0)
                assert OLD_VERSION <= version == n

        return finish(start(count, self._log)) == 0

    def _said(self) -> str:
        """Return the error that a command ended with; else the end of what it printed."""
        lines = self._log.read_text().splitlines()
        errors = [line for line in lines if line.startswith("Error: ")]
        return "\n".join(errors or lines[-20:])[-700:]

    def _complete(self, command: str, store: Path) -> None:
        self._clear(command)
        words = arguments(command, self.folder / "inputs", self._out)
        if finish(start(command_line(words, store), self._log)):
            message = f"{command} did not end well: {self._said()}"
            raise RuntimeError(message)

    def _clear(self, command: str) -> None:
        """A snapshot of a whole store goes into a new folder."""
        if command == "snapshot --vectors":
            shutil.rmtree(self._out / "copy", ignore_errors=True)


def preload() -> None:
    """Do what each command would do first; only lancedb has a thread, begun anew in a fork."""
    import altair  # noqa: F401
    import imagehash  # noqa: F401
    import lancedb  # noqa: F401
    import open_clip  # noqa: F401
    import open_clip_train.precision  # noqa: F401
    import scipy.fftpack  # noqa: F401
    import torch
    import torchvision  # noqa: F401
    import vl_convert  # noqa: F401

    import facestore.cli
    import facestore.store  # noqa: F401
    from facestore import resources
    from facestore.catalog.views import load_views

    load_views(resources.folder("sql"))  # their order, which a process keeps

    warnings.filterwarnings("ignore", message="lancedb fork support")
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()  # a collection in a fork would copy every page of all that was imported


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=210)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without", action="append", default=[], choices=COMMANDS)
    parser.add_argument("--only", action="append", default=[], choices=COMMANDS, help="are killed")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    preload()
    commands = [each for each in COMMANDS if each not in options.without]
    killed = options.only or commands
    each = -(-options.kills // (len(killed) * options.rounds))
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(
            Path(folder),
            options.images,
            options.seed,
            lambda line: print(line, flush=True),
            commands,
        )
        outcome = campaign.outcome
        for _ in range(options.rounds):
            campaign.round(dict.fromkeys(killed, each))
            result = {
                "kills": outcome.n_kills, "by_command": dict(outcome.kills), "clean": outcome.clean,
                "repaired": outcome.repaired, "rounds": outcome.rounds, "problems": outcome.problems,
            }  # fmt: skip
            text = json.dumps(result, indent=2)
            print(text, flush=True)
            if options.out:
                options.out.write_text(text)
    return 1 if outcome.problems or outcome.n_kills < options.kills else 0


if __name__ == "__main__":
    sys.exit(main())
