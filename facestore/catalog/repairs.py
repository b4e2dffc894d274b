"""Repairs that lose nothing: rows that are there twice, and rows that nothing can read.

Labels and files are never touched, and rows which contradict each other are left to the user.
"""

from facestore.catalog.bootstraps import OF_NOTHING
from facestore.catalog.counts import uncount_datasets
from facestore.catalog.database import TableFamily

# Of rows that agree but for rounding, the first stays, as if the others had come too late.
_REPEATED_SIMILARITIES = """
delete from similarities
using (
    select encoder_id, prompt_id, sample_id, min(rowid) as kept, arg_min(cosine, rowid) as cosine
    from similarities
    group by encoder_id, prompt_id, sample_id
    having count(*) > 1
) as repeated
where similarities.encoder_id = repeated.encoder_id
    and similarities.prompt_id = repeated.prompt_id
    and similarities.sample_id = repeated.sample_id
    and similarities.rowid > repeated.kept
    and (
        similarities.cosine = repeated.cosine
        or abs(similarities.cosine - repeated.cosine) <= 1e-6
    )
"""

# Of rows that agree in every column, the first stays.
_REPEATED_PREDICTIONS = """
delete from predictions
using (
    select classifier_id, sample_id, predicted, score, margin, value, min(rowid) as kept
    from predictions
    group by classifier_id, sample_id, predicted, score, margin, value
    having count(*) > 1
) as repeated
where predictions.classifier_id = repeated.classifier_id
    and predictions.sample_id = repeated.sample_id
    and predictions.predicted is not distinct from repeated.predicted
    and predictions.score is not distinct from repeated.score
    and predictions.margin is not distinct from repeated.margin
    and predictions.value is not distinct from repeated.value
    and predictions.rowid > repeated.kept
"""

_ORPHANED_NORMS = """
delete from class_text_norms
where encoder_id not in (select encoder_id from encoders)
    or (prompt_set, attribute, class) not in (
        select (prompt_set, attribute, class) from prompt_classes
    )
"""

_LOST_BOOTSTRAPS = """
delete from bootstraps
where classifier_id not in (select classifier_id from classifiers)
    or dataset not in (select dataset from datasets)
"""

_STALE = "stream_id not in (select stream_id from streams where is_current)"

_REPAIRS = {
    "winners of other prompts, or of no sample, deleted": (
        f"delete from streamed_winners where {_STALE} "  # noqa: S608
        "or sample_id not in (select sample_id from samples)"
    ),
    "streams of other prompts deleted": f"delete from streamed_scores where {_STALE}",  # noqa: S608
    "repeated rows of similarities deleted": _REPEATED_SIMILARITIES,
    "repeated rows of predictions deleted": _REPEATED_PREDICTIONS,
    "rows of class_text_norms that nothing reads deleted": _ORPHANED_NORMS,
    "drawn figures of no classifier or data set deleted": _LOST_BOOTSTRAPS,
    "replicates of no figure deleted": OF_NOTHING,
}


class Repairs(TableFamily):
    """What can be put right without a decision of the user."""

    def run(self) -> dict[str, int]:
        """Repair what is safe, in one transaction; return the rows deleted, by what they were."""
        counts = {}
        with self._database.writing() as con:
            for what, statement in _REPAIRS.items():
                deleted = con.execute(statement).fetchone()
                counts[what] = int(deleted[0]) if deleted else 0
            if any(counts.values()):
                uncount_datasets(con)
        return counts
