"""A split that gets no sample is said, with the reason; a data set without samples is not split."""

from __future__ import annotations

import pytest
from support.pictures import write_picture

from facestore.cli.summaries import lines_of
from facestore.errors import InputError
from facestore.store import Store

pytestmark = pytest.mark.usefixtures("store_is_there")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


def import_samples(store, tmp_path, n):
    table = tmp_path / "l.csv"
    table.write_text("file,gender\n" + "".join(f"{i}.jpg,Male\n" for i in range(n)))
    store.import_labels(table, dataset="d", create_samples=True)


@pytest.mark.parametrize(
    ("n", "fractions", "empty"),
    [
        (3, "0.8,0.1,0.1", {"val": "0.1 of 3 samples", "test": "0.1 of 3 samples"}),
        (3, "1e-9,0.999999999", {"train": "1e-09 of 3 samples is less than one"}),
        (1, "0.5,0.5", {"test": "0.5 of 1 sample is less than one"}),
        (10, "0.8,0.1,0.1", {}),
        (30, "a=0.99,b=0.01", {"b": "0.01 of 30 samples"}),
    ],
)
def test_a_split_without_samples_says_why(store, tmp_path, n, fractions, empty):
    import_samples(store, tmp_path, n)
    summary = store.split("d", fractions)
    assert summary.empty.keys() == empty.keys()
    said = [line for line in lines_of(summary) if "no sample went to" in line]
    assert len(said) == len(empty)
    for line, (name, why) in zip(said, empty.items(), strict=True):
        assert line.startswith(f"no sample went to {name!r}: {why}")


def test_copies_stay_together_and_leave_the_other_splits_empty(store, tmp_path):
    for i in range(4):
        write_picture(tmp_path / "f" / f"{i}.png", seed=1)
    store.ingest(tmp_path / "f", dataset="d")
    summary = store.split("d", "0.5,0.5")
    assert summary.empty == {"test": "the 4 samples are 1 picture, and copies stay together"}


def test_a_policy_that_leaves_nothing_is_told(store, tmp_path):
    for i in range(2):
        picture = write_picture(tmp_path / "f" / f"{i}.png", seed=i)
        (tmp_path / "f" / f"{i}_again.png").write_bytes(picture.read_bytes())
    store.ingest(tmp_path / "f", dataset="d")
    said = "nothing is left: there are no figures without duplicates"
    summary = store.dedup("keep-one")
    assert (summary.n_excluded, summary.n_samples) == (2, 4)
    assert said not in lines_of(summary)
    # they differ in a label, and such groups are dropped whole
    labels = tmp_path / "l.csv"
    names = [f"{i}{kind}.png" for i in range(2) for kind in ("", "_again")]
    rows = [f"{name},{'Male' if 'again' in name else 'Female'}" for name in names]
    labels.write_text("\n".join(["file,gender", *rows]))
    store.import_labels(labels, dataset="d")
    assert said in lines_of(store.dedup("drop-conflicting"))


def test_a_data_set_without_samples_is_not_split(store, tmp_path):
    import_samples(store, tmp_path, 1)
    store.execute("delete from labels; delete from samples")
    with pytest.raises(InputError, match="'d' has no samples to split: ingest their pictures"):
        store.split("d")


def test_the_fault_as_it_was_seen(facestore, tmp_path):
    for i in range(3):
        write_picture(tmp_path / "f" / f"{i}.png", seed=i)
    facestore("ingest", tmp_path / "f", "--dataset", "d")
    ran = facestore("split", "--dataset", "d")
    assert ran.status == 0
    assert "no sample went to 'val': 0.1 of 3 samples is less than one" in ran.out
    assert "no sample went to 'test'" in ran.out
    ran = facestore("split", "--dataset", "d", "--force", "--fractions", "1e-9,0.999999999")
    assert "no sample went to 'train': 1e-09 of 3 samples is less than one" in ran.out
