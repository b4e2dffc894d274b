"""The short form of the campaign, and the stores with a trap that need no tracing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.hostile import FILES, HARMLESS, NAMES, SQL, World

from facestore.errors import FacestoreError, StoreError, StoreOutdatedError
from facestore.store import Store

CAMPAIGN = Path(__file__).with_name("hostile.py")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    def make(store: Path, pictures: Path, labels: Path) -> None:
        with Store.open(store) as opened:
            opened.ingest(pictures, dataset="d", labels=labels)
        for part in ("reports", "vectors", "heads"):
            (store / part).mkdir()

    return World(tmp_path_factory.mktemp("hostile"), make)


def test_there_are_fifty_traps() -> None:
    assert len(set(NAMES)) >= 50


@pytest.mark.parametrize("name", [*SQL, *FILES])
def test_a_store_with_a_trap_is_refused_whatever_is_asked(world: World, name: str) -> None:
    folder = world.hostile(name)
    with pytest.raises(StoreError) as told, Store.open(folder) as store:
        store.rows("select 1")
    assert "\n" not in str(told.value)
    try:
        with Store.open(folder) as store:
            store.execute("insert into labels values (1, 'a', 'b', null)")
    except FacestoreError:
        return
    # one that says that it is old is brought up to date first, and then it is all ours
    assert isinstance(told.value, StoreOutdatedError)
    with Store.open(folder) as store:
        assert not store.catalog.database.is_altered()


def test_the_commands_open_nothing_outside() -> None:
    names = (HARMLESS, "path is a link")
    ran = subprocess.run(
        [sys.executable, CAMPAIGN, "--quick", "--only", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("ok ") == len(names)
