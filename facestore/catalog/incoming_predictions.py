"""What is refused of predictions that are to be written: rows of `incoming` in a transaction."""

import duckdb

from facestore.errors import InputError, OtherValuesError, counted

# What is given again with fewer digits is no other number; a score that was not known before is.
_IS_OTHER = "coalesce(abs(incoming.{0} - known.{0}) > 1e-4 * greatest(1, abs(known.{0})), {1})"


def refuse_no_numbers(con: duckdb.DuckDBPyConnection) -> None:
    """Refuse what the audit predictions_are_numbers would find, whoever computed it."""
    row = con.execute(
        "select classifier, count(*) from incoming where not score between -1e9 and 1e9 "
        "or not margin between -1e9 and 1e9 or not value between -1e9 and 1e9 "
        "group by classifier order by classifier limit 1"
    ).fetchone()
    if row is not None:
        message = (
            f"Classifier {row[0]!r} gives {counted(row[1], 'sample')} a score, margin or value "
            "that is no "
            "number; nothing was written. Train it again with lower rates, or correct its file."
        )
        raise InputError(message)


def refuse_contradictions(con: duckdb.DuckDBPyConnection) -> None:
    """Refuse predictions of samples for which their classifier has others."""
    others = [
        "incoming.predicted is distinct from known.predicted",
        _IS_OTHER.format("value", "(incoming.value is null) <> (known.value is null)"),
        *(_IS_OTHER.format(each, f"incoming.{each} is not null") for each in ("score", "margin")),
    ]
    row = con.execute(
        "select incoming.classifier, count(*), list(samples.path order by sample_id)[1:3] "
        "from incoming inner join predictions as known using (classifier_id, sample_id) "
        "left join samples using (sample_id) where " + " or ".join(others) + " "
        "group by incoming.classifier order by incoming.classifier limit 1"
    ).fetchone()
    if row is not None:
        classifier, n, paths = row
        todo = "Give the new ones another `classifier=` name."
        raise OtherValuesError(f"Classifier {classifier!r}", "predictions", paths, todo, n=n)
