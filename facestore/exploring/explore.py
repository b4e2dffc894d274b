"""Explore: samples, labels and predictions in one's own browser, in Embedding Atlas."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from facestore.errors import InputError, ParametersError, UnknownChoiceError
from facestore.exploring.page import count_rows, initial_state
from facestore.exploring.rows import Shown, shown_rows
from facestore.exploring.serving import Served, listen
from facestore.exporting import PROJECTIONS
from facestore.records import AnyPath
from facestore.stores import Stores


def explore(
    store: Stores,
    *,
    classifier: str | None = None,
    attribute: str | None = None,
    where: str | None = None,
    sql: str | None = None,
    model: str | None = None,
    projection: str = "pca",
    source: AnyPath | None = None,
    port: int = 0,
) -> Served:
    """Serve samples to the browser of this machine; the store is read once, and only read.

    What is served is a copy in memory: others may write to the store meanwhile.

    Parameters
    ----------
    classifier
        Whose predictions are shown; None: those of the most accurate one, which a line names.
    attribute
        Of which that one is; None: gender, or else the next of race, age and others.
    where
        A predicate that the page opens with, such as `judged = 'wrong' and age = '0-2'`.
    sql
        A SELECT with the column sample_id: the samples that are served; None: all.
    model
        The encoder whose vectors are drawn; None: that of the classifier, or else the first.
    projection
        `pca` or `umap`.
    source
        A folder of the pictures; None: what was ingested here.
    port
        Of 127.0.0.1; 0: a free one.

    Returns
    -------
    Served
        Its `url` is what to open; it ends with the context, or with `close()`.

    Raises
    ------
    InputError
        If Embedding Atlas is not installed, the port cannot be had, or there is nothing to show.
    QueryError
        If `where` or `sql` is no SQL.
    UnknownNameError
        If a classifier, an attribute or an encoder is not known.
    """
    if find_spec("embedding_atlas") is None:
        message = "Embedding Atlas is not installed: `pip install 'facestore[explore]'` does."
        raise InputError(message)
    if projection not in PROJECTIONS:
        raise UnknownChoiceError("projection", projection, PROJECTIONS)
    if classifier is not None and attribute is not None:
        message = "`attribute=` chooses a classifier where `classifier=` names none: give one."
        raise ParametersError(message)
    if source is not None and not Path(source).is_dir():
        message = f"There is no folder '{source}' with pictures."
        raise InputError(message)
    listening = listen(port)
    try:
        shown = shown_rows(
            store, classifier=classifier, attribute=attribute, sql=sql, model=model,
            projection=projection, source=None if source is None else Path(source),
        )  # fmt: skip
        store.close()  # all is in memory: others may write
        without = shown.samples.drop("picture", "neighbors", strict=False).to_arrow()
        n_chosen = shown.samples.height if where is None else count_rows(without, where)
        return Served(_application(shown, where), listening, shown.samples.height, n_chosen)
    except BaseException:
        listening.close()
        raise


def _application(shown: Shown, where: str | None) -> Any:
    """Return what answers the page, with its own copy of the rows."""
    import embedding_atlas
    from embedding_atlas.data_source import DataSource
    from embedding_atlas.options import make_embedding_atlas_props
    from embedding_atlas.server import make_server

    class InMemory(DataSource):  # type: ignore[misc]
        """What the page asks to be kept lasts as long as the server: no file is written."""

        def _cache_index_load(self) -> list[str]:
            return []

        def cache_set(self, name: str, data: Any) -> None:
            kept[name] = data

        def cache_get(self, name: str) -> Any:
            return kept.get(name)

        def cache_items(self) -> dict[str, Any]:
            return dict(kept)

    kept: dict[str, Any] = {}
    has_points, has_near = shown.has("x"), shown.has("neighbors")
    props = make_embedding_atlas_props(
        row_id="sample_id",
        x="x" if has_points else None,
        y="y" if has_points else None,
        neighbors="neighbors" if has_near else None,
        image="picture",
        initial_state=initial_state(shown, where),
    )
    (package,) = embedding_atlas.__path__
    rows = InMemory("facestore", shown.samples.to_arrow(), {"props": props})
    return make_server(rows, static_path=str(Path(package) / "static"), duckdb_uri="server")
