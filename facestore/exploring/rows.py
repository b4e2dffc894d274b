"""Which rows are shown, of which classifier, and what is known of each of them."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.errors import InputError, UnknownNameError, counted
from facestore.exploring.kept_points import points_of
from facestore.exporting.sample_columns import (
    small_pictures,
    with_doubts,
    with_judgements,
    with_labels,
    with_vectors,
)
from facestore.exporting.selection import with_column
from facestore.recorded_vectors import table_of
from facestore.stores import Stores, pictures_of
from facestore.upkeep.query import rows as rows_of_query

# The pictures of so many, of some 10 kB each, are held in memory twice.
_MOST_ROWS = 100_000
# Each vector is compared with every other one: 20,000 of 512 values take some 20 s of one core.
_MOST_COMPARED = 20_000
_N_NEIGHBOURS = 10
_FEWER = "`sql='select sample_id from samples using sample 10000'` takes some."


@dataclass(frozen=True)
class Shown:
    """The rows that are shown.

    Attributes
    ----------
    samples
        A row a sample: `picture` first; `sample_id`; `x`, `y` and `neighbors` where there are
        vectors.
    attributes
        Columns with labels.
    """

    samples: pl.DataFrame
    attributes: tuple[str, ...]

    def has(self, column: str) -> bool:
        """Whether the rows have a column."""
        return column in self.samples.columns


def shown_rows(
    store: Stores,
    *,
    classifier: str | None,
    attribute: str | None,
    sql: str | None,
    model: str | None,
    projection: str,
    source: Path | None,
) -> Shown:
    """Read all that is shown of the samples that are asked for."""
    sample_ids = _all_samples(store) if sql is None else _chosen_samples(store, sql)
    asked = pl.DataFrame({"sample_id": sample_ids}, schema={"sample_id": pl.Int64})
    exports = store.catalog.exports
    rows = asked.join(
        exports.samples_of(sample_ids), on="sample_id", how="inner", maintain_order="left"
    )
    if rows.is_empty():
        message = "No sample of this store has one of the `sample_id`s that `sql=` gives."
        raise InputError(message)
    pictures = small_pictures(store, rows, pictures_of(store, source))
    if not pictures.count():
        store.notify(
            "No picture can be read: cards have labels alone. `source=FOLDER` names the folder of "
            "the pictures; `facestore ingest FOLDER dataset=NAME` notes it for good."
        )
    samples = rows.select(pictures, pl.col("path", "dataset", "split", "sample_id"))
    n_places = len(samples.columns)
    samples = with_labels(samples, exports.labels_of(sample_ids))
    attributes = tuple(samples.columns[n_places:])
    name = _classifier(store, classifier, attribute, rows)
    if name is not None:
        said = exports.judgements_of(sample_ids, [name])
        samples = with_judgements(samples, said, {name: ("predicted", "judged", "margin")})
    samples = with_doubts(store, samples)
    encoder = _encoder(store, model, name)
    if encoder is not None:
        samples = _with_points(store, encoder, rows, samples, projection)
    told = [each for each in samples.columns if each not in rows.columns and each != "picture"]
    order = ["picture", *told, "path", "dataset", "split", "sample_id"]
    return Shown(samples.select(order), attributes)


def _all_samples(store: Stores) -> list[int]:
    rows = store.catalog.database.reader().sql("select count(*) from samples").fetchall()
    (n_samples,) = rows[0]
    if not n_samples:
        message = "The store has no samples yet: `facestore ingest FOLDER` brings some in."
        raise InputError(message)
    if n_samples > _MOST_ROWS:
        message = (
            f"The store has {counted(n_samples, 'sample')}, and {_MOST_ROWS:,} can be shown at "
            f"once: {_FEWER}"
        )
        raise InputError(message)
    found = store.catalog.database.reader().sql(
        "select sample_id from samples order by image_id is null, dataset, path"
    )
    return [sample_id for (sample_id,) in found.fetchall()]


def _chosen_samples(store: Stores, sql: str) -> list[int]:
    """Return the samples that a query of the user gives, each once, in its order."""
    found = rows_of_query(store, sql)
    columns, rows = found or ([], [])
    if "sample_id" not in columns:
        has = ", ".join(columns) or "no column"
        message = (
            f"The query of `sql=` gives no column sample_id, but {has}. One that does is "
            "`sql='from wrong_predictions'`."
        )
        raise InputError(message)
    at = columns.index("sample_id")
    chosen = list(dict.fromkeys(row[at] for row in rows if isinstance(row[at], int)))
    if not chosen:
        message = "The query of `sql=` gives no row with a sample_id: nothing to show."
        raise InputError(message)
    if len(chosen) > _MOST_ROWS:
        message = (
            f"The query of `sql=` gives {counted(len(chosen), 'sample')}, and {_MOST_ROWS:,} can "
            "be shown at once: `using sample 10000 rows` at its end takes some."
        )
        raise InputError(message)
    return chosen


def _classifier(
    store: Stores, wanted: str | None, attribute: str | None, rows: pl.DataFrame
) -> str | None:
    """Return the classifier that is shown: the one that is named, or the headline one."""
    if wanted is not None:
        store.catalog.predictions.find(wanted)
        return wanted
    con = store.catalog.database.reader()
    known = con.sql("select name, attribute from classifiers order by name").fetchall()
    if not known:
        store.notify("No classifier has predicted anything yet: labels alone are shown.")
        return None
    attributes = {each for _, each in known}
    if attribute is not None and attribute not in attributes:
        raise UnknownNameError("classifier of attribute", attribute, attributes)
    best = con.sql("select dataset, attribute, classifier, n_samples from best_classifier")
    there = set(rows["dataset"])
    order = ["gender", "race", "age", *sorted(attributes)]
    found = sorted(
        (order.index(of), -n_samples, name)
        for dataset, of, name, n_samples in best.fetchall()
        if dataset in there and attribute in (None, of)
    )
    of_attribute = [name for name, of in known if attribute in (None, of)]
    name = found[0][2] if found else of_attribute[0]
    why = "the most accurate one" if found else "the first one"
    others = f"; `classifier=NAME` shows one of the other {len(known) - 1:,}" * (len(known) > 1)
    store.notify(f"Classifier {name!r}, {why} of {dict(known)[name]}{others}.")
    return str(name)


def _encoder(store: Stores, model: str | None, classifier: str | None) -> StoredEncoder | None:
    """Return the encoder whose vectors are drawn: the classifier's, if it has vectors."""
    if model is not None:
        return store.catalog.encoders.find(model)
    able = [
        each for each in store.catalog.encoders.all() if table_of(store, each, "images").count()
    ]
    if not able:
        store.notify(
            "No vectors yet, so there is no plot and no neighbours, only cards: `facestore ingest "
            "FOLDER models=tiny` makes them."
        )
        return None
    own = store.catalog.database.reader().execute(
        "select encoder_id from classifiers where name = ?", [classifier]
    )
    ids = {encoder_id for (encoder_id,) in own.fetchall()}
    chosen = next((each for each in able if each.encoder_id in ids), able[0])
    if len(able) > 1:
        store.notify(f"Points are vectors of {chosen.name!r}; `model=NAME` takes others.")
    return chosen


def _with_points(
    store: Stores,
    encoder: StoredEncoder,
    rows: pl.DataFrame,
    samples: pl.DataFrame,
    projection: str,
) -> pl.DataFrame:
    """Add `x`, `y` and `neighbors` to the samples that have a vector."""
    drawn, matrix = with_vectors(store, encoder, rows)
    if drawn.is_empty():
        store.notify(f"None of these samples has a vector of {encoder.name!r}: only cards.")
        return samples
    n_neighbours = _N_NEIGHBOURS if len(drawn) <= _MOST_COMPARED else 0
    if not n_neighbours:
        store.notify(
            f"No neighbours of {counted(len(drawn), 'vector')}, as each is compared with every "
            f"other one: `sql=` chooses fewer, at most {_MOST_COMPARED:,}."
        )
    points, ids, far = points_of(matrix, projection, n_neighbours)
    found = drawn.select("sample_id").with_columns(x=points[:, 0], y=points[:, 1])
    if n_neighbours:
        of_rows = drawn["sample_id"].to_numpy()[ids]
        near = pl.DataFrame({"ids": of_rows.tolist(), "distances": far.tolist()})
        found = found.with_columns(neighbors=near.to_struct())
    for name in found.columns[1:]:
        samples = with_column(samples, name, found, pl.col(name))
    if len(drawn) < len(samples):
        n_bare = len(samples) - len(drawn)
        store.notify(f"{counted(n_bare, 'sample')} without a vector: no point, only a card.")
    return samples
