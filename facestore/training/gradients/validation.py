"""What the views say of a training in progress: the store's own SQL judges what is held back."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from facestore.catalog.schema import empty_catalogue
from facestore.records import AttributeClass
from facestore.training.decisions import Decided
from facestore.training.heads import HeadTask
from facestore.training.predictions import prediction_rows

_DATASET = "held back"

_OF_CLASSES = """
select accuracy, balanced_accuracy, macro_f1 from classifier_summary where classifier = ?
"""
_OF_YEARS = """
select mae, bias, within_8_years from age_errors
where classifier = ? and group_attribute = 'overall'
"""


class ValidationMetrics:
    """Metrics of decisions, by the views that will judge the finished classifier.

    It has a catalogue of its own in memory, with the samples that are held back: the store is not
    written to while a training runs.

    Parameters
    ----------
    tasks
        The heads.
    targets
        By attribute: int64 (N,) numbers of classes, -1 where there is no label; or float (N,), NaN
        where there is none.
    classes
        The classes of the store by attribute.
    """

    def __init__(
        self,
        tasks: Sequence[HeadTask],
        targets: Mapping[str, npt.NDArray[Any]],
        classes: Mapping[str, Sequence[AttributeClass]],
    ) -> None:
        self._tasks = tasks
        self._classes = classes
        self._con = empty_catalogue()
        # the curve of a few samples is wanted, too: nobody reads groups of it
        self._con.execute("update settings set value = '1' where setting = 'min_samples'")
        n = len(targets[tasks[0].attribute])
        self._sample_ids = pl.Series(range(n), dtype=pl.Int32)
        self._fill(targets)

    def __call__(self, decided: Mapping[str, Decided]) -> dict[str, dict[str, float]]:
        """Return metrics by attribute; of N decisions, in the order of the targets."""
        self._con.execute("delete from predictions")
        for number, task in enumerate(self._tasks):
            rows = prediction_rows(
                task.attribute,
                self._sample_ids,
                decided[task.attribute],
                self._classes[task.attribute],
            )
            self._con.register("decided", rows.to_arrow())
            self._con.execute(
                "insert into predictions "
                "select ?, sample_id, predicted, score, margin, value from decided",
                [number],
            )
        return {task.attribute: self._metrics(task) for task in self._tasks}

    def close(self) -> None:
        """Let go of the memory."""
        self._con.close()

    def _metrics(self, task: HeadTask) -> dict[str, float]:
        metrics: dict[str, float] = {}
        for query in (_OF_CLASSES, _OF_YEARS) if task.is_number else (_OF_CLASSES,):
            found = self._con.execute(query, [task.attribute])
            names = [column[0] for column in found.description or ()]
            row = found.fetchone() or ()
            metrics |= {k: v for k, v in zip(names, row, strict=False) if v is not None}
        return metrics

    def _fill(self, targets: Mapping[str, npt.NDArray[Any]]) -> None:
        con = self._con
        con.executemany(
            "insert or ignore into classes values (?, ?, ?, ?, ?)",
            [
                (task.attribute, each.name, each.ordinal, each.low, each.high)
                for task in self._tasks
                for each in self._classes[task.attribute]
            ],
        )
        con.execute(
            "insert into datasets (dataset, layout, added_at) values (?, 'import', current_date)",
            [_DATASET],
        )
        con.execute(
            "insert into samples (sample_id, dataset, path) select unnest(?), ?, unnest(?)",
            [self._sample_ids.to_list(), _DATASET, [str(i) for i in self._sample_ids]],
        )
        for number, task in enumerate(self._tasks):
            con.execute(
                "insert into classifiers (classifier_id, name, kind, attribute) "
                "values (?, ?, 'finetuned', ?)",
                [number, task.attribute, task.attribute],
            )
            labels = self._labels(task, targets[task.attribute])
            con.register("truth", labels.to_arrow())
            con.execute("insert into labels select sample_id, ?, label, value from truth", [
                task.attribute
            ])  # fmt: skip

    def _labels(self, task: HeadTask, target: npt.NDArray[Any]) -> pl.DataFrame:
        """Return sample_id, label and value of the samples that have one."""
        if task.is_number:
            is_known = ~np.isnan(target)
            truth = Decided(value=target[is_known])
        else:
            is_known = target >= 0
            truth = Decided(predicted=[task.classes[i] for i in target[is_known].tolist()])
        ids = self._sample_ids.filter(pl.Series(is_known))
        rows = prediction_rows(task.attribute, ids, truth, self._classes[task.attribute])
        return rows.select("sample_id", label="predicted", value="value")
