"""Labels in the names of files, as AgeDB, MORPH and IMDB-WIKI call theirs."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import polars as pl

from facestore.errors import InputError, preview
from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import labels_in
from facestore.ingest.layouts.manifest import Manifest
from facestore.mappings import KnownSource, known_sources

LAYOUT = "names"


def read_folder(source: Path, folder: Folder, rules: LabelRules, reason: str) -> Manifest | None:
    """Read a folder of files whose names say labels.

    Parameters
    ----------
    source, folder
        The folder, and what it holds.
    rules
        What may be a label; what the user said comes before what is known.
    reason
        Why this layout was chosen; empty: it is only read where it is recognised, else None.

    Raises
    ------
    InputError
        If it was chosen, and no known source calls its files so.
    TableError
        If labels are refused.
    """
    names = [entry.name for entry in folder.entries]
    known = _named_as(names)
    if known is None:
        if not reason:
            return None
        sources = preview([each.name for each in known_sources().values() if each.named_as], 12)
        message = (
            f"'{source}' has files such as '{names[0]}', and no known source calls them so "
            f"({sources}): give their labels in a table with `labels=FILE`."
        )
        raise InputError(message)
    said = {name: found for name in names if (found := _facts(known, name)) is not None}
    fields = list(re.compile(known.named_as).groupindex)
    text = pl.DataFrame(
        {field: [facts[field] for facts in said.values()] for field in fields},
        schema=dict.fromkeys(fields, pl.String),
    )
    of_source = replace(rules, mapping=rules.mapping.over(known.mapping))
    table = labels_in(source, text, pl.Series(list(said), dtype=pl.String), of_source)
    return Manifest(
        layout=LAYOUT,
        reason=reason or f"files named as those of {known.name}",
        entries=folder.entries,
        table=replace(table, malformed=tuple(name for name in names if name not in said)),
        n_other=folder.n_other,
        others=folder.other_names,
        notes=folder.notes,
    )


def _named_as(names: Sequence[str]) -> KnownSource | None:
    """Return the source that at least nine of ten names are of."""
    for source in known_sources().values():
        fitting = sum(_facts(source, name) is not None for name in names) if source.named_as else 0
        if fitting and fitting >= 0.9 * len(names):
            return source
    return None


def _facts(source: KnownSource, name: str) -> dict[str, str] | None:
    found = re.fullmatch(source.named_as, PurePosixPath(name).stem)
    return found.groupdict() if found else None
