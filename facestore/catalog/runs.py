"""The log of commands that changed a store."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from facestore.catalog.counts import keep
from facestore.catalog.database import TableFamily

FORGOTTEN = "[forgotten]"
# Of so many names each is looked for in texts; of more, those that are quoted or stand alone.
_SEARCHED = 2000


class Runs(TableFamily):
    """What was done, with which versions."""

    def record(
        self,
        command: str,
        *,
        arguments: Mapping[str, Any],
        counts: Mapping[str, int],
        versions: Mapping[str, str],
        started_at: datetime,
        ended_at: datetime,
        outcome: str = "done",
    ) -> None:
        """Write one row, and count what the command changed; times are UTC without a zone."""
        with self._database.writing() as con:
            keep(con)
            con.execute(
                "insert into runs select (select coalesce(max(run_id), 0) + 1 from runs), "
                "?, ?, ?, ?, ?, ?, ?",
                [
                    command,
                    json.dumps(dict(arguments), default=str),
                    json.dumps(dict(counts)),
                    json.dumps(dict(versions)),
                    started_at,
                    ended_at,
                    outcome,
                ],
            )

    def sources_of(self, dataset: str) -> list[str]:
        """Return what was ingested into a data set, as it was given, by what the log says."""
        rows = self._rows(
            "select distinct arguments ->> 'source' from runs "
            "where command = 'ingest' and (arguments ->> 'dataset') = ? order by all",
            [dataset],
        )
        return [source for (source,) in rows if source]

    def has_receipt(self, receipt: str) -> bool:
        """Whether what a receipt is of was done."""
        rows = self._rows("select 1 from runs where arguments ->> 'receipt' = ?", [receipt])
        return bool(rows)

    def redact(self, names: Collection[str], sample_ids: Collection[int]) -> int:
        """Take names out of the log and of what is known of classifiers; return the rows changed.

        Parameters
        ----------
        names
            Paths and contents; a text that ends with one after a `/` has it, too.
        sample_ids
            Are taken out of lists of samples.
        """
        hidden = _Hidden(names, sample_ids)
        n_changed = 0
        with self._database.writing() as con:
            rows = con.execute("select run_id, arguments, outcome from runs").fetchall()
            for run_id, arguments, outcome in rows:
                new = (hidden.of_json(arguments), hidden.of_text(outcome))
                if new != (arguments, outcome):
                    con.execute(
                        "update runs set arguments = ?, outcome = ? where run_id = ?",
                        [*new, run_id],
                    )
                    n_changed += 1
            rows = con.execute("select classifier_id, details from classifiers").fetchall()
            for classifier_id, details in rows:
                if (new_details := hidden.of_json(details)) != details:
                    con.execute(
                        "update classifiers set details = ? where classifier_id = ?",
                        [new_details, classifier_id],
                    )
                    n_changed += 1
        return n_changed


class _Hidden:
    """Texts without some names."""

    def __init__(self, names: Collection[str], sample_ids: Collection[int]) -> None:
        self._names, self._sample_ids = frozenset(names), frozenset(sample_ids)
        self._pattern = None
        if names and len(names) <= _SEARCHED:
            longest_first = sorted(self._names, key=len, reverse=True)
            inside = "|".join(map(re.escape, longest_first))
            # `1.jpg` is not in `11.jpg`, and not in `1.jpg.txt`
            self._pattern = re.compile(rf"(?<![\w.-])(?:{inside})(?![\w-]|\.\w)")

    def of_json(self, text: str | None) -> str | None:
        """Return JSON, the same text where nothing in it is hidden."""
        if text is None:
            return None
        content = json.loads(text)
        new = self._of(content)
        return text if new == content else json.dumps(new)

    def of_text(self, text: str) -> str:
        """Return a text."""
        if self._names_it(text):
            return FORGOTTEN
        if self._pattern is not None:
            return self._pattern.sub(FORGOTTEN, text)
        words = {part.strip(".,:;()'\"") for part in re.split(r"[\s']+", text)}
        for word in sorted(filter(self._names_it, words), key=len, reverse=True):
            text = text.replace(word, FORGOTTEN)
        return text

    def _of(self, value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return self.of_text(value)
        if isinstance(value, dict):
            return {name: self._of(each, name) for name, each in value.items()}
        if isinstance(value, list):
            kept = [e for e in value if key != "sample_ids" or e not in self._sample_ids]
            return [self._of(each) for each in kept]
        return value

    def _names_it(self, text: str) -> bool:
        """Whether a text is one of the names, or a longer path to it."""
        parts = text.replace("\\", "/").split("/")
        return any("/".join(parts[i:]) in self._names for i in range(len(parts)))
