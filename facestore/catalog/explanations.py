"""Explanations in DuckDB: which samples to explain, which are explained, and their maps."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from facestore.catalog.database import TableFamily
from facestore.errors import InputError, UnknownNameError

EXPLANATION_SCHEMA = pl.Schema(
    {
        "explanation_id": pl.String(),
        "encoder_id": pl.Int32(),
        "classifier_id": pl.Int32(),
        "sample_id": pl.Int32(),
        "method": pl.String(),
        "target": pl.String(),
        "parameters": pl.String(),
        "score": pl.Float64(),
        "grid_rows": pl.Int32(),
        "grid_cols": pl.Int32(),
        "relevance": pl.List(pl.Float32()),
        "r_squared": pl.Float64(),
        "r_squared_left_out": pl.Float64(),
    }
)

# Samples that a classifier was asked about; a number is judged by its distance from the label.
_CANDIDATES = """
with candidates as (
    select
        samples.sample_id,
        samples.dataset,
        samples.split,
        samples.path,
        samples.image_id,
        predictions.predicted,
        predictions.value,
        judged_predictions.label,
        worst_predictions.margin as worst_margin,
        worst_predictions.score as worst_score,
        worst_predictions.sample_id is not null
            or coalesce(predictions.value <> labels.value, false) as is_wrong,
        abs(predictions.value - labels.value) as distance
    from samples
    left join classifiers on classifiers.name = $classifier
    left join predictions
        on predictions.sample_id = samples.sample_id
        and predictions.classifier_id = classifiers.classifier_id
    left join judged_predictions
        on judged_predictions.sample_id = samples.sample_id
        and judged_predictions.classifier_id = classifiers.classifier_id
    left join worst_predictions
        on worst_predictions.sample_id = samples.sample_id
        and worst_predictions.classifier_id = classifiers.classifier_id
    left join labels
        on labels.sample_id = samples.sample_id and labels.attribute = classifiers.attribute
    where samples.image_id is not null
        and samples.error is null
        and ($sample_ids is null or list_contains($sample_ids, samples.sample_id))
        and ($dataset is null or samples.dataset = $dataset)
        and ($split is null or samples.split = $split)
        and (
            len($groups) = 0
            or samples.sample_id in (
                select sample_id from sample_groups
                where list_contains($groups, group_attribute || '=' || group_name)
                group by sample_id
                having count(*) = len($groups)
            )
        )
)

select sample_id, dataset, split, path, image_id, predicted, value, label
from candidates
where is_wrong or not $is_worst
order by
    if($is_worst, distance, null) desc nulls last,
    if($is_worst, worst_margin, null) desc nulls last,
    if($is_worst, worst_score, null) desc nulls last,
    if($is_worst, null, md5(image_id)),
    dataset,
    path
limit $limit
"""

_READ = """
select
    explanations.*,
    encoders.name as encoder,
    classifiers.name as classifier,
    samples.dataset,
    samples.split,
    samples.path,
    samples.image_id,
    predictions.predicted,
    predictions.value,
    labels.label,
    labels.value as label_value,
    judged_predictions.is_correct
from explanations
inner join encoders on explanations.encoder_id = encoders.encoder_id
inner join samples on explanations.sample_id = samples.sample_id
left join classifiers on explanations.classifier_id = classifiers.classifier_id
left join predictions
    on explanations.classifier_id = predictions.classifier_id
    and explanations.sample_id = predictions.sample_id
left join labels
    on explanations.sample_id = labels.sample_id and classifiers.attribute = labels.attribute
left join judged_predictions
    on explanations.classifier_id = judged_predictions.classifier_id
    and explanations.sample_id = judged_predictions.sample_id
inner join (select unnest($ids) as explanation_id, unnest(range(len($ids))) as place) as wanted
    on explanations.explanation_id = wanted.explanation_id
order by wanted.place
"""


# Samples with maps of several encoders or targets, the most first.
_COMPARED = """
select list(explanation_id order by encoder_id, classifier_id nulls first, method, target)
from explanations
group by sample_id
having count(distinct (encoder_id, method, target)) > 1
order by count(*) desc, sample_id
limit $n
"""

_WORST = """
select list(explanations.explanation_id order by explanations.method, explanations.target)
from explanations
inner join worst_predictions
    on explanations.classifier_id = worst_predictions.classifier_id
    and explanations.sample_id = worst_predictions.sample_id
group by worst_predictions.classifier, worst_predictions.dataset, worst_predictions.split,
    worst_predictions.rank
order by worst_predictions.classifier, worst_predictions.dataset, worst_predictions.split,
    worst_predictions.rank
limit $n
"""

_THIRDS = """
select explanation_id, region, share
from relevancy_by_region
inner join picture_regions using (region)
where relevancy_by_region.axis = 'rows' and share is not null
    and list_contains($ids, explanation_id)
order by explanation_id, ordinal
"""


@dataclass(frozen=True)
class Selection:
    """Which samples are meant; what is None or empty leaves nothing out.

    Attributes
    ----------
    sample_ids
        These samples.
    dataset, split
        Samples of these.
    groups
        `race=Black`, `gender x race=Female x Black`: samples in all of these groups.
    limit
        At most so many, by an order that has nothing to do with their labels.
    worst
        The so many most confident errors of the classifier, or those furthest off.
    """

    sample_ids: tuple[int, ...] | None = None
    dataset: str | None = None
    split: str | None = None
    groups: tuple[str, ...] = ()
    limit: int | None = None
    worst: int | None = None


class Explanations(TableFamily):
    """Maps by what was asked."""

    def candidates(self, selection: Selection, classifier: str | None) -> pl.DataFrame:
        """Return the samples with a readable image that a selection means.

        Parameters
        ----------
        selection
            Which samples.
        classifier
            Whose predictions come with them.

        Returns
        -------
        polars.DataFrame
            `sample_id`, `dataset`, `split`, `path`, `image_id`, `predicted`, `value`, `label`.

        Raises
        ------
        InputError
            If a group is none of the store.
        """
        self._check_groups(selection.groups)
        values = {
            "classifier": classifier,
            "sample_ids": None if selection.sample_ids is None else list(selection.sample_ids),
            "dataset": selection.dataset,
            "split": selection.split,
            "groups": list(selection.groups),
            "limit": selection.limit if selection.worst is None else selection.worst,
            "is_worst": selection.worst is not None,
        }
        return self._frame(_CANDIDATES, values)

    def known(self, ids: Sequence[str]) -> set[str]:
        """Return which explanations are there."""
        rows = self._database.reader().execute(
            "select explanation_id from explanations where list_contains($ids, explanation_id)",
            {"ids": list(ids)},
        )
        return {each for (each,) in rows.fetchall()}

    def add(self, rows: pl.DataFrame) -> int:
        """Write explanations that are not there yet, in one transaction; return how many.

        Parameters
        ----------
        rows
            Columns of `EXPLANATION_SCHEMA`.
        """
        with self._database.writing() as con:
            con.register(
                "incoming",
                rows.select(list(EXPLANATION_SCHEMA)).cast(EXPLANATION_SCHEMA).to_arrow(),
            )
            inserted = con.execute(
                "insert into explanations by name "
                "select *, make_timestamp(epoch_us(now())) as created_at from incoming "
                # one may have been taken out while it was explained
                "semi join samples using (sample_id) on conflict do nothing"
            ).fetchone()
            con.unregister("incoming")
        return int(inserted[0]) if inserted else 0

    def get(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return explanations in the order given, with names, labels and predictions."""
        found = self._database.reader().execute(_READ, {"ids": list(ids)})
        columns = [column[0] for column in found.description or []]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def thirds(self, ids: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
        """Return (region, share) of the thirds of the rows, by explanation_id."""
        found: dict[str, list[tuple[str, float]]] = {}
        rows = self._rows(_THIRDS, {"ids": list(ids)})
        for each, region, share in rows:
            found.setdefault(each, []).append((region, share))
        return found

    def compared(self, n: int) -> list[list[str]]:
        """Return the ids of `n` samples which several encoders or targets were asked about."""
        rows = self._rows(_COMPARED, {"n": n})
        return [ids for (ids,) in rows]

    def worst(self, n: int) -> list[list[str]]:
        """Return the ids of `n` errors that are explained, by classifier, the worst first."""
        rows = self._rows(_WORST, {"n": n})
        return [ids for (ids,) in rows]

    def _check_groups(self, groups: Sequence[str]) -> None:
        for group in groups:
            attribute, separator, name = group.partition("=")
            if not separator:
                message = f"`groups={group}`: ATTRIBUTE=NAME was expected, such as race=Black."
                raise InputError(message)
            rows = self._database.reader().execute(
                "select distinct group_attribute || '=' || group_name from sample_groups "
                "where group_attribute = ?",
                [attribute],
            )
            known = [each for (each,) in rows.fetchall()]
            if f"{attribute}={name}" not in known:
                raise UnknownNameError("group", group, known)


def explanation_id(
    *,
    encoder: str,
    classifier: str | None,
    image: str,
    sample: str,
    method: str,
    target: str,
    parameters: Mapping[str, Any],
) -> str:
    """Return the id of a question about a sample: the same question has the same id anywhere.

    Parameters
    ----------
    encoder
        First part of the names of its Lance tables, which has a digest of its weights in it.
    classifier
        Name of the classifier; None: there is none.
    image, sample
        Content, and data set and path.
    method, target, parameters
        What is asked.

    Returns
    -------
    str
        32 hex digits.
    """
    parts = [encoder, classifier, image, sample, method, target, parameters_json(parameters)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def parameters_json(parameters: Mapping[str, Any]) -> str:
    """Return parameters as JSON, equal ones as equal strings."""
    return json.dumps(dict(parameters), sort_keys=True)
