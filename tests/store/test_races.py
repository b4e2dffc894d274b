"""Two writers at once: what one looks for and another writes in between is never there twice."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import numpy as np
import pytest
from support.vector_keys import keys_of

from facestore.catalog.similarities import Similarities
from facestore.errors import InputError, StoreLockedError
from facestore.importing.embeddings import TextSource
from facestore.locks import only_one
from facestore.records import EmbeddingBatch, EncoderRecord, Prompt, PromptSet
from facestore.store import Store
from facestore.unit_rows import unit_rows
from facestore.vectors import VectorStore

SET = "raw_gender_labels"
TWICE = (
    "select count(*) from (select 1 from similarities "
    "group by encoder_id, prompt_id, sample_id having count(*) > 1)"
)
# Each stops at the same gate, and then writes.
WRITE = """
import sys
import numpy as np
from pathlib import Path
from facestore.records import EmbeddingBatch
from facestore.unit_rows import unit_rows
from facestore.vectors import VectorStore
rows = unit_rows(np.random.default_rng(0).normal(size=(300, 8)))
table = VectorStore(sys.argv[1]).texts("model", {"architecture": "x"})
table.known()
print("ready", flush=True)
sys.stdin.readline()
for start in range(0, 300, 30):
    keys = [f"text {i}" for i in range(start, start + 30)]
    table.add(EmbeddingBatch(tuple(keys), rows[start : start + 30]))
"""


@pytest.fixture
def store(tmp_path, store_is_there):
    """Give a store with vectors of four files and of two prompts."""
    vectors = unit_rows(np.random.default_rng(1).normal(size=(6, 8)))
    files = np.array([f"{i}.jpg" for i in range(1, 5)])
    words = np.array(["a photo of a man", "a photo of a woman"])
    np.savez(tmp_path / "v.npz", files=files, emb=vectors[:4], words=words, text=vectors[4:])
    with Store.open(tmp_path / "store") as opened:
        opened.import_embeddings(
            tmp_path / "v.npz", dataset="d", model="RN50,openai", create_samples=True,
            names_key="files", vectors_key="emb",
            text=TextSource(tmp_path / "v.npz", prompts_key="words", vectors_key="text"),
        )  # fmt: skip
        yield opened


@pytest.fixture
def theirs(store, tmp_path):
    """Give a file of similarities of the same encoder, files and prompts."""
    texts = [prompt.text for prompt in store.prompt_set(SET).prompts]
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps({f"{i}.jpg": dict.fromkeys(texts, 12.5) for i in range(1, 5)}))
    return path


def command(path, file):
    words = ["import", "similarities", file, "--dataset", "d", "--model", "RN50,openai"]
    call = [sys.executable, "-m", "facestore", *map(str, words), "--store", str(path)]
    return subprocess.run(call, capture_output=True, text=True, timeout=120)


def between_look_and_write(monkeypatch, run):
    """Run something when `score` has looked and not written yet."""
    look = Similarities.pending

    def pending(self, *arguments):
        found = look(self, *arguments)
        self._database.close()  # nobody waits for one that only looked
        run()
        return found

    monkeypatch.setattr(Similarities, "pending", pending)


def test_an_import_while_another_process_scores_waits_for_its_end(store, theirs, monkeypatch):
    ran = []
    between_look_and_write(monkeypatch, lambda: ran.append(command(store.path, theirs)))
    assert store.score(SET).n_similarities == 8
    assert ran[0].returncode == 1
    assert "Another score runs on" in ran[0].stderr
    assert len(ran[0].stderr.splitlines()) == 1
    assert store.sql("select count(*) from similarities").fetchall() == [(8,)]
    with pytest.raises(InputError, match="has other similarities for 4 of these samples"):
        store.import_similarities(theirs, dataset="d", model="RN50,openai")
    assert store.sql("select count(*) from similarities").fetchall() == [(8,)]


def test_who_holds_no_lock_doubles_no_key_either(store, theirs, monkeypatch):
    """Such as an older version, or a file system without locks."""
    rows = store.sql(
        f"select 1 as sample_id, text, 0.125 as cosine from prompts where text in "
        f"{tuple(p.text for p in store.prompt_set(SET).prompts)}"
    ).pl()
    encoder_id = store.catalog.encoders.only().encoder_id

    def run():
        with Store.open(store.path) as other:
            other.catalog.similarities.add_by_text(encoder_id, rows)

    between_look_and_write(monkeypatch, run)
    assert store.score(SET).n_similarities == 6
    assert store.sql("select count(*) from similarities").fetchall() == [(8,)]
    assert store.sql(TWICE).fetchall() == [(0,)]
    found = store.sql("select cosine from similarities where sample_id = 1").fetchall()
    assert found == [(0.125,)] * 2  # what was there first stays


def test_a_score_is_told_that_an_import_runs(store):
    with (
        only_one(store.path, "score", command="import similarities"),
        Store.open(store.path) as other,
        pytest.raises(StoreLockedError) as refused,
    ):
        other.score(SET)
    assert "Another import similarities runs on" in str(refused.value)


def test_vectors_of_several_processes_have_each_key_once(tmp_path):
    VectorStore(str(tmp_path / "vectors")).texts("model", {"architecture": "x"})
    call = [sys.executable, "-c", WRITE, str(tmp_path / "vectors")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as running:
        processes = [running.enter_context(subprocess.Popen(call, **pipes)) for _ in range(2)]
        assert [each.stdout.readline() for each in processes] == ["ready\n"] * 2
        for each in processes:
            each.stdin.write("\n")
            each.stdin.flush()
        assert [each.wait(timeout=120) for each in processes] == [0, 0]
    table = VectorStore(str(tmp_path / "vectors")).texts("model")
    assert (table.count(), len(keys_of(table))) == (300, 300)


def test_vectors_of_several_threads_have_each_key_once(tmp_path):
    rows = unit_rows(np.random.default_rng(0).normal(size=(500, 8)))
    keys = tuple(f"key {i}" for i in range(500))
    gate = Barrier(4)

    def add(_):
        table = VectorStore(str(tmp_path / "vectors")).images("model")
        gate.wait()
        return table.add(EmbeddingBatch(keys, rows))

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(add, range(4))) == [0, 0, 0, 500]
    assert VectorStore(str(tmp_path / "vectors")).images("model").count() == 500


def test_who_waits_too_long_for_the_vectors_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("FACESTORE_WAIT", "0")
    rows = unit_rows(np.ones((1, 8)))
    with only_one(tmp_path, "vectors", command="import embeddings"):
        table = VectorStore(str(tmp_path / "vectors")).images("model")
        with pytest.raises(StoreLockedError, match="Another import embeddings runs on"):
            table.add(EmbeddingBatch(("a",), rows))


def test_an_encoder_that_another_process_registers_in_between_is_the_same(store, monkeypatch):
    record = EncoderRecord(
        source="imported", architecture="RN50", pretrained="theirs", precision=None, dim=8
    )
    encoders, real = type(store.catalog.encoders), type(store.catalog.encoders).all
    seen = []

    def look(self):
        found = real(self)
        if not seen:
            seen.append(True)
            self._database.close()
            with Store.open(store.path) as other:
                other.catalog.encoders.register(record)
        return found

    monkeypatch.setattr(encoders, "all", look)
    assert store.catalog.encoders.register(record).name == record.name
    assert store.sql("select count(*) from encoders").fetchall() == [(2,)]


def test_a_prompt_set_that_another_process_adds_in_between_is_there_once(store, monkeypatch):
    added = PromptSet("mine", "", (Prompt("a man", "man", {"gender": "Male"}),))
    prompts, real = type(store.catalog.prompts), type(store.catalog.prompts).names
    seen = []

    def look(self):
        found = real(self)
        if not seen:
            seen.append(True)
            self._database.close()
            with Store.open(store.path) as other:
                other.catalog.prompts.add(added)
        return found

    monkeypatch.setattr(prompts, "names", look)
    assert not store.catalog.prompts.add(added)
    assert store.sql("select count(*) from prompt_sets where prompt_set = 'mine'").fetchall() == [
        (1,)
    ]
