"""How much worse classifiers have become since another store, on the samples that both judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from facestore import resources
from facestore.catalog.attached import attached
from facestore.catalog.checks import Figure, Scope
from facestore.catalog.database import TableFamily
from facestore.catalog.patterns import looks_so
from facestore.catalog.sqlfiles import read_parts, with_parts

# Shared with the report of what changed; each reads those before it.
_PARTS = ("pairs", "judged_both", "paired_counts")
# Newcombe's method 10 for pairs, as difference_low and difference_high have it, at the quantile of
# the whole call; of n_effective samples, as in classifier_comparison.
_DROPS = """with now as (
    select *, coalesce(n_effective / n_samples, 1) as worth from classifier_summary
),

earlier as (
    select *, coalesce(n_effective / n_samples, 1) as worth from other.classifier_summary
),

-- seen_by reads the tables of this store, whosever view asks it
seen_earlier as (
    select
        classifiers.name as classifier,
        classifier_data.dataset,
        classifier_data.split,
        classifier_data.is_whole,
        classifier_data.purpose
    from other.classifier_data
    inner join other.classifiers using (classifier_id)
),

judged as (
    select
        coalesce(now.classifier, earlier.classifier) as classifier,
        coalesce(now.attribute, earlier.attribute) as attribute,
        coalesce(now.dataset, earlier.dataset) as dataset,
        coalesce(now.split, earlier.split) as split,
        now.n_samples as n_now,
        earlier.n_samples as n_earlier,
        now.seen as seen_now,
        least(now.worth, earlier.worth) as worth
    from now
    full join earlier
        on
            now.classifier = earlier.classifier
            and now.attribute = earlier.attribute
            and now.dataset = earlier.dataset
            and now.split is not distinct from earlier.split
),

meant as (
    select
        judged.*,
        paired_counts.n_common as n,
        paired_counts.n_both_right,
        paired_counts.n_only_after,
        paired_counts.n_only_before,
        paired_counts.n_both_wrong,
        paired_counts.n_both_right + paired_counts.n_only_after as n_right_now,
        paired_counts.n_both_right + paired_counts.n_only_before as n_right_earlier,
        least(
            judged.seen_now,
            (
                select min(seen_earlier.purpose)
                from seen_earlier
                where
                    seen_earlier.classifier = judged.classifier
                    and seen_earlier.dataset = judged.dataset
                    and (
                        seen_earlier.is_whole
                        or seen_earlier.split is not distinct from judged.split
                    )
            )
        ) as seen
    from judged
    left join paired_counts
        on
            judged.classifier = paired_counts.classifier
            and judged.attribute = paired_counts.attribute
            and judged.dataset = paired_counts.dataset
            and judged.split is not distinct from paired_counts.split
    where
        (
            $classifiers is null
            or judged.n_now is null
            or list_contains($classifiers, judged.classifier)
        )
        and ($attribute is null or judged.attribute = $attribute)
        and ($dataset is null or judged.dataset = $dataset)
        and ($split is null or judged.split = $split)
),

levels as (
    select
        *,
        $n_others + count(n) filter (where $with_seen or seen is null) over () as n_compared
    from meant
),

limited as (
    select
        *,
        if(
            n_compared > 1,
            limits_among(n_right_now * worth, n * worth, n_compared),
            wilson_at(n_right_now * worth, n * worth, z_of_pairs(1))
        ) as limits_now,
        if(
            n_compared > 1,
            limits_among(n_right_earlier * worth, n * worth, n_compared),
            wilson_at(n_right_earlier * worth, n * worth, z_of_pairs(1))
        ) as limits_earlier
    from levels
),

reaches as (
    select
        *,
        n_right_now / n as accuracy_now,
        n_right_earlier / n as accuracy_earlier,
        accuracy_earlier - limits_earlier.low as earlier_below,
        limits_earlier.high - accuracy_earlier as earlier_above,
        accuracy_now - limits_now.low as now_below,
        limits_now.high - accuracy_now as now_above,
        pair_correlation(
            n_both_right * worth, n_only_after * worth, n_only_before * worth, n_both_wrong * worth
        ) as correlation
    from limited
)

select
    classifier,
    attribute,
    dataset,
    split,
    n_now is not null as is_now,
    n_earlier is not null as is_earlier,
    seen,
    (n_only_before - n_only_after) / n as accuracy_lost,
    accuracy_lost - sqrt(
        greatest(
            earlier_below ** 2 + now_above ** 2 - 2 * correlation * earlier_below * now_above, 0
        )
    ) as low,
    accuracy_lost + sqrt(
        greatest(
            earlier_above ** 2 + now_below ** 2 - 2 * correlation * earlier_above * now_below, 0
        )
    ) as high,
    n,
    format('{:.4f} before, {:.4f} now; ', accuracy_earlier, accuracy_now)
    || format('{} became wrong, {} right', n_only_before, n_only_after)
    || if(n = n_earlier, '', format('; {} judged before alone', n_earlier - n)) as details
from reaches
order by classifier, attribute, dataset, split
"""

# A classifier, and the data set and split where it is judged.
Place = tuple[str, str, str | None]


@dataclass(frozen=True)
class Since:
    """What became of the classifiers of two stores.

    Attributes
    ----------
    figures
        The accuracy that each lost, on each data set and split; below 0 where it became better.
    left_out
        What the scope leaves out: the place, and whether one of the two `trained` or `tuned` on it.
    only_now, only_earlier
        Judged in one of the stores alone.
    apart
        Judged in both, but on no sample that both have.
    """

    figures: list[Figure]
    left_out: dict[Place, str]
    only_now: list[Place]
    only_earlier: list[Place]
    apart: list[Place]


class Drops(TableFamily):
    """The accuracy lost since another store."""

    def since(
        self,
        other: Path,
        scope: Scope,
        patterns: Sequence[str],
        n_others: int,
        notify: Callable[[str], None],
    ) -> Since:
        """Compare the judgements of two stores, sample by sample.

        Parameters
        ----------
        other
            What was before: the folder of a store, or a DuckDB file such as a snapshot.
        scope
            Which of them.
        patterns
            Of the names of classifiers, as they were given: for those of the other store.
        n_others
            With how many further comparisons the intervals shall hold at once.
        notify
            Takes a line for the user where another process has to be waited for.

        Raises
        ------
        InputError, OtherStoreError
            If the other one is the store itself, or no store of this version.
        """
        values = {
            "classifiers": None if scope.classifiers is None else list(scope.classifiers),
            "attribute": scope.attribute,
            "dataset": scope.dataset,
            "split": scope.split,
            "with_seen": scope.with_seen,
            "n_others": n_others,
        }
        with attached(self._database, other, notify) as con:
            found = con.execute(_sql(), values)
            names = [column[0] for column in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return _sorted_out(rows, scope, patterns)


@cache
def _sql() -> str:
    parts = read_parts(resources.folder("reports") / "queries" / "diff" / "parts")
    return with_parts(_DROPS, {name: parts[name] for name in _PARTS})


def _sorted_out(rows: list[dict[str, Any]], scope: Scope, patterns: Sequence[str]) -> Since:
    since = Since([], {}, [], [], [])
    for row in rows:
        place = (row["classifier"], row["dataset"], row["split"])
        if not row["is_now"]:
            if not patterns or looks_so(row["classifier"], patterns):
                since.only_earlier.append(place)
        elif not row["is_earlier"]:
            since.only_now.append(place)
        elif row["n"] is None:
            since.apart.append(place)
        elif row["seen"] is not None and not scope.with_seen:
            since.left_out[place] = row["seen"]
        else:
            since.figures.append(_figure(row))
    return since


def _figure(row: dict[str, Any]) -> Figure:
    return Figure(
        row["classifier"], row["attribute"], row["dataset"], row["split"], row["accuracy_lost"],
        row["low"], row["high"], row["n"], None, row["details"],
    )  # fmt: skip
