"""Flip single bits and bytes of a store's files, and see that no figure changes without a word.

    python tests/faults/flips.py --flips 10000 [--seed N] [--out FILE]

A small store with something of everything is made: images and texts with vectors, labels,
similarities, predictions, heads, neighbours, an explanation, and a log of DuckDB that a killed
command left. One byte of one file is changed at a time, and put back. Either `facestore doctor
--deep` names it (it fails, or has a note that it had not), or every row of every table and view and
every vector has to be read as before. A traceback, a crash and a hang are problems, too.

Each part runs in a forked process: a crash costs that flip and no more.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from campaign import finish, preload, start

# A part of the flips, in a process of its own.
PART = 200
# What one flip may take.
LIMIT_S = 60.0
_PROMPTS = "original_clip_labels_v2"
# Of these views all rows are compared; the others are made of them, of tables and of constants.
_VIEWS = (
    "judged_predictions", "accuracy_by_group", "classifier_summary", "leaderboard", "k_sweep",
    "accuracy_gaps", "label_cells", "exact_duplicates", "duplicate_groups", "neighbour_pairs",
    "vector_keys", "relevancy_by_region", "classifier_comparison",
)  # fmt: skip


def make_store(folder: Path, n: int, seed: int) -> Path:
    """Make a small store that has something of everything, and a log that was left."""
    from PIL import Image

    from facestore import Store

    images, store = folder / "images", folder / "store"
    images.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    rows = ["file,age,gender,race,split"]
    for i in range(n):
        coarse = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((48, 48), Image.Resampling.BICUBIC).save(
            images / f"{i:03}.jpg"
        )
        split = "train" if i % 3 else "test"
        rows.append(f"{i:03}.jpg,20-29,{('Male', 'Female')[i % 2]},White,{split}")
    shutil.copyfile(images / "000.jpg", images / "copy.jpg")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    with Store.open(store) as opened:
        opened.ingest(images, dataset="d", labels=folder / "labels.csv", models=["tiny"], workers=0)
        opened.score(_PROMPTS)
        for how in ("sum", "embedding_mean"):
            opened.predict(attribute="gender", prompt_set=_PROMPTS, aggregation=how)
        opened.predict(attribute="gender", prompt_set=_PROMPTS, aggregation="topk", k=3)
        opened.find_neighbours(min_cosine=0.2)
        opened.train_probe(dataset="d", attributes=["gender"], l2=1.0)
        opened.dedup(policy="keep-one")
    leave_a_log(store)
    return store


def leave_a_log(store: Path) -> None:
    """Commit something in a process that is killed, so that its log stays."""

    def work() -> None:
        from facestore import Store
        from facestore.catalog.counts import uncount_datasets

        with Store.open(store).catalog.database.writing() as con:
            uncount_datasets(con)
            con.execute("update labels set label = 'Black' where attribute = 'race'")
            con.execute("update similarities set cosine = cosine where sample_id < 9")
            con.commit()
            os.kill(os.getpid(), signal.SIGKILL)

    log = store.with_name("log")
    status = finish(start(work, log))
    assert status == -signal.SIGKILL, log.read_text()
    assert (store / "facestore.duckdb.wal").stat().st_size > 200


def digest_of(store: Path, *, deep: bool) -> dict[str, str]:
    """Return a digest of all that figures are made of.

    Of every table, of the definitions of views and macros, of all vectors and what made them, of
    heads; with `deep` also of the rows of the views that show figures.
    """
    import duckdb

    from facestore.recorded_vectors import IDENTITY
    from facestore.vectors import VectorStore

    found = {}
    with duckdb.connect(str(store / "facestore.duckdb"), read_only=True) as con:
        con.execute("set threads = 1")
        views = con.execute("select view_name, sql from duckdb_views() where not internal")
        found["views"] = str(sorted(views.fetchall()))
        macros = con.execute(
            "select function_name, parameters, macro_definition from duckdb_functions() "
            "where not internal"
        )
        found["macros"] = str(sorted(macros.fetchall(), key=str))
        tables = con.execute("select table_name from duckdb_tables()").fetchall()
        for name in [*(name for (name,) in tables), *(_VIEWS if deep else ())]:
            columns = ", ".join(
                f'round("{column}", 9)' if str(kind) in ("FLOAT", "DOUBLE") else f'"{column}"'
                for column, kind, *_ in con.execute(f"from {name} limit 0").description
            )
            rows = con.execute(f"select hash({columns}) from {name}").fetchall()
            found[name] = str(sorted(rows))
    vectors = VectorStore(str(store / "vectors"))
    for name, problem in vectors.contents():
        digest = hashlib.sha256(str(problem).encode())
        if problem is None:
            stem, _, kind = name.rpartition(".")
            table = getattr(vectors, kind)(stem)
            # what decides a vector, and not the versions of libraries, which the catalogue has, too
            made_by = table.made_by() or {}
            digest.update(json.dumps([made_by.get(each) for each in IDENTITY]).encode())
            for batch in table.batches_from(0):
                digest.update("\0".join(batch.keys).encode())
                digest.update(batch.vectors.tobytes())
        found[f"vectors/{name}"] = digest.hexdigest()
    for file in sorted((store / "heads").glob("*.safetensors")):
        found[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in found.items()}


def named_by(store: Path, name: str | None) -> dict[str, str]:
    """Return what doctor says of a store: audits that did not pass."""
    from facestore import Store
    from facestore.errors import FacestoreError

    try:
        with Store.open(store) as opened:
            findings = opened.doctor(name, deep=True)
    except FacestoreError as error:  # one line, and exit status 1
        return {type(error).__name__: str(error)}
    return {f.name: f.status.value for f in findings if f.status.value != "ok"}


def outcome_of(store: Path, name: str, state: State, *, whole: bool) -> dict[str, object]:
    """Say whether doctor names a flip, or nothing has changed.

    Doctor is asked first for the audits which read the file; all are asked where those say nothing
    and something has changed, and now and then (`whole`) anyway.
    """
    if name.startswith("vectors/"):
        parts = ["vectors/"]
    elif name.startswith("heads"):
        parts = ["heads/"]
    else:
        parts = ["catalogue_log_is_read", "catalogue_blocks_are_whole", "tables_can_be_read"]
    for part in [*parts, *([None] if whole else [])]:
        by = set(named_by(store, part).items()) - set(state.known.items())
        if by:
            return {"outcome": "named", "by": sorted(audit for audit, _ in by)}
    same = digest_of(store, deep=whole) == (state.deep if whole else state.plain)
    if same or whole:
        return {"outcome": "harmless" if same else "SILENT"}
    return outcome_of(store, name, state, whole=True)


@dataclass(frozen=True)
class State:
    """The store as it was: what doctor said, and digests."""

    known: dict[str, str]
    plain: dict[str, str]
    deep: dict[str, str]


def run_part(
    store: Path, flips: list[tuple[str, int, int]], said: int, state: State, every: int
) -> None:
    """Try flips, and tell of each in a line."""
    faulthandler.enable()
    for number, (name, at, mask) in enumerate(flips):
        file = store / name
        with file.open("r+b", buffering=0) as handle:
            handle.seek(at)
            (before,) = handle.read(1)
            handle.seek(at)
            handle.write(bytes([before ^ mask]))
        os.write(said, f"{json.dumps({'begun': number})}\n".encode())
        result = {"flip": number, "outcome": "unknown"}
        try:
            result |= outcome_of(store, name, state, whole=number % every == 0)
        except BaseException as error:  # noqa: BLE001
            result |= {"outcome": "RAISED", "error": repr(error)[:500]}
        finally:
            with file.open("r+b", buffering=0) as handle:
                handle.seek(at)
                handle.write(bytes([before]))
        os.write(said, f"{json.dumps(result)}\n".encode())


def chosen(store: Path, n: int, rng: random.Random) -> list[tuple[str, int, int]]:
    """Choose places: half of them spread over all bytes, half over all files, however small."""
    files = [path for path in sorted(store.rglob("*")) if path.is_file() and path.stat().st_size]
    names = [str(path.relative_to(store)) for path in files]
    sizes = [path.stat().st_size for path in files]
    flips = []
    for number in range(n):
        (which,) = rng.choices(range(len(files)), weights=None if number % 2 else sizes)
        mask = 1 << rng.randrange(8) if rng.random() < 0.7 else rng.randrange(1, 256)
        flips.append((names[which], rng.randrange(sizes[which]), mask))
    return flips


def campaign(
    folder: Path, n_flips: int, seed: int, n_images: int, every: int, say
) -> dict[str, object]:
    """Make a store, flip, and return what was seen."""
    rng = random.Random(seed)
    log = folder / "log"
    work = folder / "work"

    def prepare() -> None:
        store = make_store(folder / "made", n_images, seed)
        shutil.copytree(store, work)
        digests = [digest_of(work, deep=deep) for deep in (False, True, True)]
        (folder / "state.json").write_text(json.dumps([named_by(work, None), *digests]))

    assert finish(start(prepare, log)) == 0, log.read_text()[-3000:]
    *values, again = json.loads((folder / "state.json").read_text())
    state = State(*values)
    assert state.deep == again
    assert "failed" not in state.known.values(), state.known
    flips = chosen(work, n_flips, rng)
    outcomes, by_file, by_audit = Counter[str](), Counter[str](), Counter[str]()
    problems: list[str] = []
    done, begun = 0, time.monotonic()
    while done < len(flips):
        part = flips[done : done + PART]
        heard, said = os.pipe()
        pid = start(lambda part=part, said=said: run_part(work, part, said, state, every), log)
        os.close(said)
        results = list(_lines(heard, pid))
        os.close(heard)
        crashed = finish(pid) != 0
        for each in results:
            if "flip" not in each:
                continue
            name, at, mask = part[each["flip"]]
            outcomes[each["outcome"]] += 1
            kind = _kind(name)
            by_file[f"{kind}: {each['outcome']}"] += 1
            by_audit.update(each.get("by", []))
            if each["outcome"] in ("SILENT", "RAISED"):
                problems.append(
                    f"{name} at {at} ^ {mask}: {each['outcome']} {each.get('error', '')}"
                )
        n_done = sum("flip" in each for each in results)
        if crashed or n_done < len(part):
            name, at, mask = part[min(n_done, len(part) - 1)]
            text = log.read_text(errors="replace")[-600:]
            problems.append(f"{name} at {at} ^ {mask}: CRASHED or hung {text}")
            outcomes["CRASHED"] += 1
            shutil.rmtree(work)
            shutil.copytree(folder / "made" / "store", work)
            n_done += 1
        done += n_done
        say(f"{done} flips in {time.monotonic() - begun:.0f} s: {dict(outcomes)}")
    return {
        "flips": done, "outcomes": dict(outcomes), "by_file": dict(sorted(by_file.items())),
        "by_audit": dict(by_audit.most_common()), "problems": problems,
    }  # fmt: skip


def _lines(heard: int, pid: int):
    """Yield what a part says; it is killed where it says nothing for too long."""
    rest = b""
    while True:
        ready, _, _ = select.select([heard], [], [], LIMIT_S)
        if not ready:
            os.kill(pid, signal.SIGKILL)
        data = os.read(heard, 65_536)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        yield from map(json.loads, lines)


def _kind(name: str) -> str:
    if not name.startswith("vectors/"):
        return Path(name).name if name.startswith("facestore") else Path(name).suffix
    folder = Path(name).parent.name
    return f"lance {folder}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--images", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--whole", type=int, default=50, help="ask all audits at every n-th flip")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    preload()
    with tempfile.TemporaryDirectory() as folder:
        result = campaign(
            Path(folder), options.flips, options.seed, options.images, options.whole,
            lambda line: print(line, flush=True),
        )  # fmt: skip
    text = json.dumps(result, indent=2)
    print(text, flush=True)
    if options.out:
        options.out.write_text(text)
    return 1 if result["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
