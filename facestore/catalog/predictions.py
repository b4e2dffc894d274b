"""Classifiers and their predictions in DuckDB."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from facestore.catalog.counts import uncount_classifiers
from facestore.catalog.database import TableFamily
from facestore.catalog.incoming_predictions import refuse_contradictions, refuse_no_numbers
from facestore.catalog.redecided import decided_otherwise
from facestore.catalog.seen import add_seen
from facestore.errors import InputError, UnknownChoiceError, UnknownNameError
from facestore.names import check_name
from facestore.records import ClassifierRecord

# The view decides; here is only where its rows go, and that a tie may be left undecided. Of samples
# that were scored in a stream, `streamed` decides as the view would.
_ZERO_SHOT = """
insert into predictions
select
    $classifier_id,
    decided.sample_id,
    if(decided.margin < $tie and not $takes_first, null, decided.predicted),
    decided.score,
    if(decided.margin < $tie, 0, decided.margin),
    null
from {source} as decided
inner join samples on decided.sample_id = samples.sample_id
anti join (select sample_id from predictions where classifier_id = $classifier_id) as known
    on decided.sample_id = known.sample_id
where decided.encoder_id = $encoder_id
    and decided.prompt_set = $prompt_set
    and decided.attribute = $attribute
    and ($dataset is null or samples.dataset = $dataset)
order by decided.sample_id
"""

# As winners_every_k has it: less than what sums of cosines can differ by, more than rounding.
_TIE = 2.0**-40
TIES_NONE, TIES_FIRST = "none", "first"
TIES = (TIES_NONE, TIES_FIRST)

# Fewer samples may well be of one class.
_MANY = 20

_SOURCES = {
    "sum": "zero_shot_sum",
    "mean": "zero_shot_mean",
    "topk": "zero_shot_topk($k)",
    "embedding_mean": "zero_shot_embedding_mean",
}
AGGREGATIONS = tuple(_SOURCES)
_STREAMED = (
    "(select $encoder_id as encoder_id, $prompt_set as prompt_set, $attribute as attribute, "
    "* replace (predicted::varchar as predicted) from streamed)"
)

_DEFINING = ("kind", "attribute", "encoder_id", "prompt_set", "aggregation", "k")

PREDICTION_SCHEMA = pl.Schema(
    {
        "classifier": pl.String(),
        "sample_id": pl.Int32(),
        "predicted": pl.String(),
        "score": pl.Float64(),
        "margin": pl.Float64(),
        "value": pl.Float64(),
    }
)


@dataclass(frozen=True)
class PredictionChanges:
    """What a write of predictions changed.

    Attributes
    ----------
    n_classifiers_new, n_new
        Rows written.
    n_ties
        Of `n_new`: samples of which no class was predicted, because several have the highest score.
    """

    n_classifiers_new: int
    n_new: int
    n_ties: int = 0


@dataclass(frozen=True)
class StoredClassifier:
    """A classifier with its id in this store."""

    classifier_id: int
    record: ClassifierRecord


class Predictions(TableFamily):
    """What classifiers say of samples."""

    def names(self) -> list[str]:
        """Return the names of all classifiers."""
        if not self._database.exists:
            return []
        rows = self._rows("select name from classifiers order by all")
        return [name for (name,) in rows]

    def find(self, name: str) -> StoredClassifier:
        """Return a classifier by its name.

        Raises
        ------
        UnknownNameError
            If there is none of this name.
        """
        con = self._database.reader()
        row = con.execute(
            "select classifier_id, name, kind, attribute, encoder_id, prompt_set, aggregation, k, "
            "details from classifiers where name = ?",
            [name],
        ).fetchone()
        if row is None:
            known = con.execute("select name from classifiers").fetchall()
            raise unknown_classifier(name, [each for (each,) in known])
        classifier_id, *columns, details = row
        record = ClassifierRecord(*[*columns, json.loads(details or "{}")])
        return StoredClassifier(classifier_id, record)

    def same_for_all(self, names: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Return the classifiers that say one class of everybody: the class, and of how many."""
        rows = self._rows(
            "select name, any_value(predicted), count(*) "
            "from predictions inner join classifiers using (classifier_id) "
            "where list_contains(?, name) and predicted is not null "
            "group by name having count(distinct predicted) = 1 and count(*) >= ? order by name",
            [list(names), _MANY],
        )
        return {name: (said, n) for name, said, n in rows}

    def ties_of(self, name: str) -> str | None:
        """Return what a classifier does with ties; None where there is no such classifier."""
        if name not in self.names():
            return None
        # Those of older versions took the first class.
        return str(self.find(name).record.details.get("ties", TIES_FIRST))

    def predict_zero_shot(
        self,
        classifier: ClassifierRecord,
        dataset: str | None,
        streamed: pa.RecordBatchReader | None = None,
    ) -> PredictionChanges:
        """Write the predictions of a zero-shot classifier that are not there yet.

        Parameters
        ----------
        classifier
            With an encoder, a prompt set and an aggregation.
        dataset
            Only samples of this data set; None: of all.
        streamed
            What is decided of samples without similarities: `sample_id`, `predicted`, `score`,
            `margin`.
        """
        if classifier.aggregation not in AGGREGATIONS:
            raise UnknownChoiceError("aggregation", str(classifier.aggregation), AGGREGATIONS)
        values = {
            "encoder_id": classifier.encoder_id,
            "prompt_set": classifier.prompt_set,
            "attribute": classifier.attribute,
            "dataset": dataset,
            "tie": _TIE,
            "takes_first": classifier.details.get("ties", TIES_FIRST) == TIES_FIRST,
        }
        if classifier.aggregation == "topk":
            values["k"] = classifier.k
        with self._database.writing() as con:
            n_before = _count(con, "classifiers")
            classifier_id = _ensure(con, classifier)
            n_ties_before = _n_ties(con, classifier_id)
            values["classifier_id"] = classifier_id
            n_new = _insert_decided(con, _SOURCES[classifier.aggregation], values)
            if streamed is not None:
                con.register("streamed", streamed)
                values |= {"dataset": None}
                values.pop("k", None)
                n_new += _insert_decided(con, _STREAMED, values)
                con.unregister("streamed")
            if n_new:
                uncount_classifiers(con, [classifier_id])
            n_classifiers_new = _count(con, "classifiers") - n_before
            if n_classifiers_new and not n_new:
                raise _nothing_to_decide_by(classifier)
            n_ties = _n_ties(con, classifier_id) - n_ties_before
        return PredictionChanges(n_classifiers_new, n_new, n_ties)

    def undecided(self) -> Iterator[tuple[Any, ...]]:
        """Yield the predictions of zero-shot classifiers which are not what the views decide.

        Yields
        ------
        tuple
            Name of the classifier, sample_id, class and score as they are, and as decided.
        """
        yield from decided_otherwise(self._rows, _SOURCES)

    def heads_files(self) -> list[tuple[str, str]]:
        """Return the name and the SHA-256 (hex) of each file of heads that predicted."""
        return self._rows(
            "select distinct details ->> 'file', details ->> 'file_sha256' from classifiers "
            "where details ->> 'file_sha256' is not null order by all"
        )

    def add(self, classifiers: list[ClassifierRecord], rows: pl.DataFrame) -> PredictionChanges:
        """Insert predictions that were made elsewhere, by imported models or trained heads.

        All are inserted, or none.

        Parameters
        ----------
        classifiers
            The classifiers named in `rows`; those that are new are made.
        rows
            Columns of `PREDICTION_SCHEMA`, one row a classifier and sample.

        Raises
        ------
        InputError
            If a classifier has other predictions for some of the samples, is of another kind, or
            says what is no number.
        """
        with self._database.writing() as con:
            n_before = _count(con, "classifiers")
            ids = {each.name: _ensure(con, each) for each in classifiers}
            table = (
                rows.select(list(PREDICTION_SCHEMA))
                .cast(PREDICTION_SCHEMA)
                .with_columns(
                    pl.col("classifier")
                    .replace_strict(ids, return_dtype=pl.Int32)
                    .alias("classifier_id")
                )
            )
            con.register("incoming", table.to_arrow())
            refuse_no_numbers(con)
            refuse_contradictions(con)
            inserted = con.execute(
                "insert into predictions "
                "select classifier_id, sample_id, predicted, score, margin, value "
                "from incoming anti join predictions using (classifier_id, sample_id) "
                # one may have been taken out while it was computed
                "semi join samples using (sample_id) "
                "order by classifier_id, sample_id"
            ).fetchone()
            n_new = int(inserted[0]) if inserted else 0
            if n_new:
                uncount_classifiers(con, list(ids.values()))
            n_after = _count(con, "classifiers")
        return PredictionChanges(n_after - n_before, n_new)


# What a store without a classifier lacks, for errors and messages.
MAKES_ONE = (
    "`facestore predict prompt_set=raw_gender_labels attribute=gender` makes one, "
    "after `facestore score raw_gender_labels`"
)


def unknown_classifier(name: str, known: Sequence[str]) -> UnknownNameError:
    """Return the error of a classifier that is not there, with the command that makes one."""
    todo = "`facestore info` shows those of this store."
    if not known:
        todo = f"{MAKES_ONE}."
    return UnknownNameError("classifier", name, known, todo)


def _insert_decided(
    con: duckdb.DuckDBPyConnection, source: str, values: Mapping[str, object]
) -> int:
    inserted = con.execute(_ZERO_SHOT.format(source=source), dict(values)).fetchone()
    return int(inserted[0]) if inserted else 0


def _n_ties(con: duckdb.DuckDBPyConnection, classifier_id: int) -> int:
    row = con.execute(
        "select count(*) from predictions where classifier_id = ? and predicted is null",
        [classifier_id],
    ).fetchone()
    return int(row[0]) if row else 0


def _nothing_to_decide_by(classifier: ClassifierRecord) -> InputError:
    message = (
        f"No sample has similarities to all prompts of {classifier.prompt_set!r}: run "
        f"`facestore score {quote(str(classifier.prompt_set))}`, or import them."
    )
    if classifier.aggregation == "embedding_mean":
        message += " Imported similarities cannot be aggregated by embedding_mean, but by mean."
    return InputError(message)


def _ensure(con: duckdb.DuckDBPyConnection, classifier: ClassifierRecord) -> int:
    """Return the id of a classifier, which is made if its name is new."""
    check_name("name", classifier.name)
    known = con.execute(
        "select classifier_id, kind, attribute, encoder_id, prompt_set, aggregation, k, "
        "details ->> 'file_sha256' from classifiers where name = ?",
        [classifier.name],
    ).fetchone()
    if known is not None:
        found = {column: getattr(classifier, column) for column in _DEFINING}
        found["file"] = classifier.details.get("file_sha256")
        for (column, new), old in zip(found.items(), known[1:], strict=True):
            if new != old:
                message = (
                    f"There is another classifier {classifier.name!r}: its {column} is {old!r}, "
                    f"not {new!r}. Give the new one another name."
                )
                raise InputError(message)
        add_seen(con, int(known[0]), classifier.seen)
        return int(known[0])
    row = con.execute(
        "insert into classifiers "
        "select (select coalesce(max(classifier_id), 0) + 1 from classifiers), "
        "?, ?, ?, ?, ?, ?, ?, ? returning classifier_id",
        [
            classifier.name,
            classifier.kind,
            classifier.attribute,
            classifier.encoder_id,
            classifier.prompt_set,
            classifier.aggregation,
            classifier.k,
            json.dumps(dict(classifier.details)) if classifier.details else None,
        ],
    ).fetchone()
    assert row is not None
    add_seen(con, int(row[0]), classifier.seen)
    return int(row[0])


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return len(con.table(table))
