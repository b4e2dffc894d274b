"""The log of commands that changed a store."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from facestore.catalog.database import TableFamily


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
        """Write one row; times are UTC without a zone."""
        with self._database.writing() as con:
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
