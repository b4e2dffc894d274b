"""Figures drawn anew with weights: what is still to draw, the replicates, what is kept of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from facestore.catalog.checks import Scope
from facestore.catalog.database import TableFamily

# Figures as they are now, and how many replicates are kept of them as they are.
_FIGURES = """
with figures as (
    select
        *,
        if(measure in ('mae', 'within_8_years'), 'replicated_ages', 'replicated_classes') as macro
    from figures_to_bootstrap
    where ($classifiers is null or list_contains($classifiers, classifier))
        and ($attribute is null or attribute = $attribute)
        and ($dataset is null or dataset = $dataset)
        and ($split is null or split = $split)
        and list_contains($groups, group_attribute)
),

known as (
    select
        figures.*,
        coalesce(bootstraps.seed <> $seed, false) as is_of_other_seed,
        if(
            bootstraps.seed = $seed
            and bootstraps.n_samples = figures.n_samples
            and abs(bootstraps.n_effective - figures.n_effective) <= 1e-9 * figures.n_effective
            and abs(bootstraps.value - figures.value) <= 1e-9 * greatest(1, figures.value),
            bootstraps.n_replicates,
            0
        ) as n_drawn
    from figures
    left join bootstraps
        on figures.classifier_id = bootstraps.classifier_id
        and figures.dataset = bootstraps.dataset
        and figures.split is not distinct from bootstraps.split
        and figures.group_attribute = bootstraps.group_attribute
        and figures.group_name = bootstraps.group_name
        and figures.measure = bootstraps.measure
)

select
    classifier_id,
    classifier,
    dataset,
    split,
    group_attribute,
    macro,
    min(n_drawn),
    bool_or(is_of_other_seed),
    (sum(n_samples) / count(distinct measure))::bigint,
    list(
        {'group_name': group_name, 'measure': measure, 'n_samples': n_samples, 'value': value,
            'n_effective': n_effective}
        order by group_name, measure
    )
from known
group by classifier_id, classifier, dataset, split, group_attribute, macro
order by classifier_id, dataset, split, group_attribute, macro
"""
_DRAW = """
select group_name, measure, replicate, value
from {}($classifier_id, $dataset, $split, $group_attribute, $seed, $first, $last)
"""
_MEANT = """
where classifier_id = $classifier_id
    and dataset = $dataset
    and split is not distinct from $split
    and group_attribute = $group_attribute
    and list_contains($measures, measure)
"""
OF_NOTHING = (
    "delete from bootstrap_figures where bootstrap_id not in (select bootstrap_id from bootstraps)"
)
_BEGIN = """
insert into bootstraps
select
    (select coalesce(max(bootstrap_id), 0) from bootstraps)
    + row_number() over (order by group_name, measure),
    $classifier_id,
    $dataset,
    $split,
    $group_attribute,
    group_name,
    measure,
    $seed,
    0,
    n_samples,
    value,
    $made_at,
    n_effective
from incoming
"""
_ADD = f"""
insert into bootstrap_figures
select these.bootstrap_id, incoming.replicate, incoming.value
from incoming
inner join (select * from bootstraps {_MEANT}) as these using (group_name, measure)
order by these.bootstrap_id, incoming.replicate
"""  # noqa: S608


@dataclass(frozen=True)
class Drawable:
    """Figures of a classifier that are drawn together: those of the groups of one attribute.

    Attributes
    ----------
    classifier_id, classifier, dataset, split, group_attribute
        Whose figures, and of what.
    macro
        What draws them.
    n_drawn
        How many replicates are kept of the figures as they are.
    is_of_other_seed
        Whether what is kept was drawn with another seed.
    n_samples
        How many samples are drawn from.
    figures
        As they are now: `group_name`, `measure`, `n_samples`, `value` and `n_effective` of each.
    """

    classifier_id: int
    classifier: str
    dataset: str
    split: str | None
    group_attribute: str
    macro: str
    n_drawn: int
    is_of_other_seed: bool
    n_samples: int
    figures: Sequence[dict[str, Any]]

    @property
    def key(self) -> dict[str, Any]:
        """What tells these figures from others."""
        names = ("classifier_id", "dataset", "split", "group_attribute")
        return {name: getattr(self, name) for name in names}


class Bootstraps(TableFamily):
    """Figures that are drawn anew."""

    def drawable(self, scope: Scope, seed: int) -> list[Drawable]:
        """Return all that can be drawn, with what is kept of it.

        Parameters
        ----------
        scope
            Which figures are meant; without groups those of all samples.
        seed
            With what they shall be drawn.
        """
        values = {
            "classifiers": None if scope.classifiers is None else list(scope.classifiers),
            "attribute": scope.attribute,
            "dataset": scope.dataset,
            "split": scope.split,
            "groups": list(scope.groups or ("overall",)),
            "seed": seed,
        }
        return [Drawable(*row) for row in self._rows(_FIGURES, values)]

    def draw(self, drawable: Drawable, seed: int, first: int, last: int) -> pa.Table:
        """Return the figures of some replicates: `group_name`, `measure`, `replicate`, `value`."""
        values = drawable.key | {"seed": seed, "first": first, "last": last}
        reader = self._database.reader()
        return reader.execute(_DRAW.format(drawable.macro), values).to_arrow_table()

    def add(self, drawable: Drawable, seed: int, first: int, last: int, drawn: pa.Table) -> None:
        """Keep replicates; the first ones take the place of what was kept of these figures.

        Parameters
        ----------
        drawable, seed, first, last
            What was drawn.
        drawn
            What `draw` returned.
        """
        measures = sorted({each["measure"] for each in drawable.figures})
        meant = drawable.key | {"measures": measures}
        with self._database.writing() as con:
            if first == 1:
                con.execute(f"delete from bootstraps {_MEANT}", meant)  # noqa: S608
                con.execute(OF_NOTHING)
                con.register("incoming", pa.Table.from_pylist(list(drawable.figures)))
                made_at = datetime.now(UTC).replace(tzinfo=None)
                con.execute(_BEGIN, drawable.key | {"seed": seed, "made_at": made_at})
                con.unregister("incoming")
            con.register("incoming", drawn)
            con.execute(_ADD, meant)
            con.unregister("incoming")
            con.execute(
                f"update bootstraps set n_replicates = $last {_MEANT}",  # noqa: S608
                meant | {"last": last},
            )


def forget_bootstraps(
    con: duckdb.DuckDBPyConnection, column: str, values: Sequence[object]
) -> None:
    """Delete what was drawn of classifiers or data sets that go, or get another name.

    Parameters
    ----------
    con
        The connection that changes them.
    column
        `classifier_id` or `dataset`.
    values
        Which of them.
    """
    con.execute(f"delete from bootstraps where list_contains(?, {column})", [list(values)])  # noqa: S608
    con.execute(OF_NOTHING)
