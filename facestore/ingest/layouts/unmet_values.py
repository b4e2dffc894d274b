"""What the user said of values that are nowhere in a table: a slip, or another table was meant."""

from collections.abc import Iterable, Mapping, Sequence

from facestore.errors import preview
from facestore.ingest.layouts.found_labels import LabelTable
from facestore.ingest.layouts.label_rules import SPLIT
from facestore.ingest.layouts.label_values import Reading
from facestore.mapping_texts import ANY_ATTRIBUTE, Said
from facestore.mappings import LabelMapping

# So many are named, and so many values that there are instead.
_N_SHOWN = 6


def unmet_notes(mapping: LabelMapping, table: LabelTable) -> tuple[str, ...]:
    """Return the note about values that labels do not have; none where they have all of them.

    Parameters
    ----------
    mapping
        What the user said.
    table
        The labels, of all tables.
    """
    return unmet_in(mapping, table.readings, table.split_texts)


def unmet_in(
    mapping: LabelMapping, readings: Sequence[Reading], split_texts: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the note about values that are none of these readings, nor of splits."""
    texts: dict[str, list[str]] = {SPLIT: [*split_texts]} if split_texts else {}
    for each in readings:
        texts.setdefault(each.attribute, []).append(each.text)
    unmet: dict[str, list[Said]] = {}
    for said in mapping.unmet(texts):
        unmet.setdefault(said.attribute, []).append(said)
    lines = [_line(attribute, said, texts) for attribute, said in unmet.items()]
    return ("; ".join(lines),) if lines else ()


def _line(attribute: str, said: Iterable[Said], texts: Mapping[str, Sequence[str]]) -> str:
    if not attribute:
        return f"null {preview([repr(each.value) for each in said], _N_SHOWN)} met no value"
    shown = preview([f"`{each}`" for each in said], _N_SHOWN)
    if attribute == ANY_ATTRIBUTE:
        return f"{shown} met no value"
    found = texts.get(attribute)
    if not found:
        return f"{shown} met nothing: no column was read as {attribute}"
    return f"{shown} met no value of {attribute}; it has: {preview(map(repr, found), _N_SHOWN)}"
