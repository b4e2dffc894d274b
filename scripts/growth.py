"""What a store costs as it grows: time, disk and memory of each command, at several sizes.

`python scripts/growth.py 10000 100000 1000000` prints the table of docs/scale.md. Every command is
a process of its own, as a user runs it; nothing but the encoder is left out: vectors are random, in
clusters, and come in by `import embeddings`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from facestore.prompts import builtin_prompt_sets
from facestore.unit_rows import unit_rows

PROMPT_SET = "age_race_gender_labels_v2"
MODEL = "ViT-B-32,openai"
WIDTH = 512
N_CLUSTERS = 1_000
# All pairs of a million vectors are hours of work.
MOST_PAIRED = 100_000
ATTRIBUTES = {
    "gender": ("Male", "Female"),
    "race": ("White", "Black", "Indian", "East Asian", "Southeast Asian", "Middle Eastern"),
    "age": ("0-2", "3-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "more than 70"),
}


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds of CPU and of the clock, and bytes of memory at its peak."""

    name: str
    cpu: float
    wall: float
    memory: int
    disk: int


def facestore(store: Path, name: str, *options: str) -> Cost:
    """Run a command in a process of its own; what it prints is not shown unless it fails."""
    started = time.monotonic()
    command = [sys.executable, "-m", "facestore", *name.split(), *options, "--store", str(store)]
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=printed)  # noqa: S603 - ours
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 3):
            printed.seek(0)
            sys.exit(f"{' '.join(command)}\n{printed.read().decode()}")
    return Cost(
        " ".join((name, *options[:1])) if name == "sql" else name,
        usage.ru_utime + usage.ru_stime,
        time.monotonic() - started,
        usage.ru_maxrss * 1024,
        sum(each.stat().st_size for each in store.rglob("*") if each.is_file()),
    )


def write_labels(path: Path, n: int) -> None:
    """Write a table of labels of all attributes."""
    columns = ", ".join(
        f"{list(names)!r}[1 + (hash(i, '{attribute}') % {len(names)})::integer] as {attribute}"
        for attribute, names in ATTRIBUTES.items()
    )
    duckdb.execute(
        f"copy (select i || '.jpg' as file, {columns} from range({n}) as t (i)) to '{path}'"
    )


def write_predictions(path: Path, labels: Path, classifier: int) -> None:
    """Write the predictions of a classifier, of which 10 to 26 percent are wrong."""
    attribute = list(ATTRIBUTES)[classifier % len(ATTRIBUTES)]
    names = list(ATTRIBUTES[attribute])
    query = (
        f"copy (select file, 'c{classifier}' as classifier, '{attribute}' as attribute, "
        f"if(hash(file, {classifier}) % 100 < {10 + classifier % 17}, "
        f"{names!r}[1 + (hash(file, {classifier}, 'w') % {len(names)})::integer], {attribute}) "
        f"as predicted, (hash(file, {classifier}, 's') % 10000) / 10000 as score "
        f"from '{labels}') to '{path}'"
    )
    duckdb.execute(query)


def write_vectors(path: Path, texts: Path, n: int) -> None:
    """Write unit vectors in clusters, and those of all prompts of a set."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(N_CLUSTERS, WIDTH)).astype(np.float32)
    vectors = np.empty((n, WIDTH), np.float32)
    for first in range(0, n, 50_000):
        part = centres[rng.integers(0, N_CLUSTERS, min(50_000, n - first))]
        vectors[first : first + 50_000] = unit_rows(
            part + 0.5 * rng.standard_normal(part.shape, np.float32)
        )
    np.savez(path, files=np.array([f"{i}.jpg" for i in range(n)]), vectors=vectors)
    (prompts,) = (each for each in builtin_prompt_sets() if each.name == PROMPT_SET)
    words = sorted({each.text for each in prompts.prompts})
    np.savez(
        texts, prompts=np.array(words), vectors=unit_rows(rng.normal(size=(len(words), WIDTH)))
    )


def costs(folder: Path, n: int, n_classifiers: int, *, keeps_rows: bool) -> Iterator[Cost]:
    """Make a store of `n` samples with a command a step, and give what each step costs."""
    store, labels = folder / "store", folder / "labels.parquet"
    write_labels(labels, n)
    given = ("--dataset", "faces", "--split", "train")
    yield facestore(store, "import labels", str(labels), "--create-samples", *given)
    vectors, texts = folder / "vectors.npz", folder / "texts.npz"
    # by a process of its own: one that is started here counts the memory of this one as its peak
    writer = multiprocessing.get_context("spawn").Process(
        target=write_vectors, args=(vectors, texts, n)
    )
    writer.start()
    writer.join()
    of_model = ("--model", MODEL, "--text", str(texts), "--logit-scale", "100")
    yield facestore(store, "import embeddings", str(vectors), *of_model, *given)
    vectors.unlink()
    if keeps_rows:
        yield facestore(store, "settings", "keep_similarities", "always")
    yield facestore(store, "score", PROMPT_SET)
    topk = ("--attribute", "gender", "--aggregation", "topk", "--k", "5")
    yield facestore(store, "predict", "--prompt-set", PROMPT_SET, *topk)
    predictions = folder / "predictions.parquet"
    imports = []
    for classifier in range(n_classifiers):
        write_predictions(predictions, labels, classifier)
        imports.append(facestore(store, "import predictions", str(predictions), *given))
        if classifier % 10 == 9:
            print(f"{classifier + 1} of {n_classifiers}: {imports[-1]}", file=sys.stderr)
    yield Cost(
        f"import predictions, {n_classifiers} files",
        sum(each.cpu for each in imports),
        sum(each.wall for each in imports),
        max(each.memory for each in imports),
        imports[-1].disk,
    )
    for view in ("leaderboard", "accuracy_by_group", "k_sweep"):
        yield facestore(store, "sql", f"from {view}", "--format", "csv")
    yield facestore(store, "info")
    yield facestore(store, "report", "--out", str(folder / "report"))
    yield facestore(store, "check", "--max-gap", "0.5")
    yield facestore(store, "near", "faces/7.jpg")
    if n <= MOST_PAIRED:
        yield facestore(store, "dedup", "--cosine", "0.95")
    yield facestore(store, "doctor")


def main() -> None:
    """Print the costs at each size, a row a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--classifiers", type=int, default=20)
    parser.add_argument("--keep", action="store_true", help="keep similarities, however many")
    parser.add_argument("--folder", type=Path, help="where the stores are made, and kept")
    given = parser.parse_args()
    base = given.folder or Path(tempfile.mkdtemp(prefix="growth-"))
    print("| samples | command | CPU s | clock s | peak memory MB | store MB |")
    print("|---|---|---|---|---|---|")
    for n in given.sizes:
        folder = base / str(n)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for cost in costs(folder, n, given.classifiers, keeps_rows=given.keep):
            print(
                f"| {n:,} | {cost.name} | {cost.cpu:.1f} | {cost.wall:.1f} "
                f"| {cost.memory / 1e6:,.0f} | {cost.disk / 1e6:,.0f} |",
                flush=True,
            )
    if given.folder is None:
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
