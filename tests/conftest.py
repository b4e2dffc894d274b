"""Fixtures shared by all tests: a catalogue in memory, and the versions in the header."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import duckdb
import hypothesis
import pytest
from support.once import made_once
from support.pictures import write_pictures
from support.rows import rate_groups_from

from facestore import resources
from facestore.catalog import migrate, views
from facestore.config import CATALOG_FILE

pytest_plugins = ["support.command"]

# The same examples in every run: what a run shows is a fact about the code. `make fuzz` draws new ones.
hypothesis.settings.register_profile("facestore", deadline=None, max_examples=50, derandomize=True)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=50, derandomize=False)
hypothesis.settings.load_profile("facestore")


def pytest_report_header() -> list[str]:
    names = ("duckdb", "lancedb", "torch", "open_clip_torch", "polars", "pillow")
    header = ["versions: " + ", ".join(f"{name} {version(name)}" for name in names)]
    if "ATEN_CPU_CAPABILITY" in os.environ:
        from support.processors import described

        header.append(described())
    return header


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that share a fixture of their module to one worker, so that it is made once."""
    for item in items:
        known = getattr(item, "_fixtureinfo", None)
        shared = known is not None and any(
            each[-1].scope == "module" for each in known.name2fixturedefs.values()
        )
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def pytest_collection_finish() -> None:
    """Spare the garbage collector all that was imported: Hypothesis calls it for each example."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what facestore remembers of its user apart from what the developer's own remembers."""
    base = tmp_path_factory.getbasetemp()
    # workers of xdist share the folder above
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "home"
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    os.environ["XDG_STATE_HOME"] = str(folder / "state")


@pytest.fixture(scope="session")
def all_views() -> list[views.ViewFile]:
    return views.load_views(resources.folder("sql"))


@pytest.fixture(scope="session")
def new_catalogue(
    all_views: list[views.ViewFile], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give the file of a catalogue: migrated, with all views, without samples; only to be copied.

    Groups of any size have rates there: tables of tests are small.
    """

    def make(folder: Path) -> None:
        with duckdb.connect(folder / "new.duckdb") as connection:
            migrate.migrate(connection, migrate.load_migrations(resources.folder("migrations")))
            views.install_views(connection, all_views)
            rate_groups_from(connection, 1)

    return made_once(tmp_path_factory, "catalogue", make) / "new.duckdb"


@pytest.fixture
def con(new_catalogue: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a catalogue in memory; copying one takes a seventh of the time of making one."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{new_catalogue}' as new (read_only)")
        connection.execute("copy from database new to memory")
        connection.execute("detach new")
        yield connection


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real data; skip the test where there is none."""
    folder = os.environ.get("FACESTORE_REAL_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("FACESTORE_REAL_DATA is not set")
    return Path(folder)


@pytest.fixture(scope="session")
def published_store(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store of all FairFace validation labels, published predictions and similarities.

    Only tests of the xdist group `real` take it, so that it is made once.
    """
    from facestore.store import Store

    fairface = real_data / "fairface"
    folder = tmp_path_factory.mktemp("real") / "store"
    with Store.open(folder) as opened:
        opened.import_labels(
            fairface / "labels_val.csv", dataset="fairface", split="val", create_samples=True
        )
        opened.import_predictions(fairface / "predictions.parquet", dataset="fairface")
        for tag in ("openai", "laion400m_e31"):
            opened.import_similarities(
                fairface / "similarities" / f"ViT-L-14_{tag}_raw_gender.json",
                dataset="fairface",
                model=f"ViT-L-14,{tag}",
            )
            opened.predict(
                attribute="gender",
                prompt_set="raw_gender_labels",
                aggregation="topk",
                k=1,
                model=f"ViT-L-14,{tag}",
            )
    return folder


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a store without data sets; only to be copied.

    Groups of any size have rates there, as in `new_catalogue`.
    """
    from facestore.store import Store

    def make(folder: Path) -> None:
        with Store.open(folder) as store:
            store.migrate()
            store.set("min_samples", 1)

    folder = made_once(tmp_path_factory, "new", make)
    assert [each.name for each in folder.iterdir()] == [CATALOG_FILE]
    return folder


@pytest.fixture
def store_is_there(new_store: Path, tmp_path: Path) -> None:
    """Put a store where a test would have to make one, which takes a third of a second."""
    shutil.copytree(new_store, tmp_path / "store")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Give a folder of six pictures, two of them with the same bytes."""
    return write_pictures(tmp_path / "pictures")


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a store (`store`), and its report (`out`), in which every page is filled."""
    from support.reported import fill_store

    from facestore.store import Store

    def make(folder: Path) -> None:
        with Store.open(fill_store(folder / "store")) as store:
            store.migrate()  # its rows were inserted, and so are not counted yet
            store.report(folder / "out")

    return made_once(tmp_path_factory, "reported", make)
