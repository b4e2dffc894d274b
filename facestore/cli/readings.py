"""How labels were read and what was passed over, in lines for people."""

from collections.abc import Sequence
from shlex import quote

from facestore.cli.wording import as_typed
from facestore.errors import counted, preview
from facestore.ingest.layouts.files import why_passed_over
from facestore.ingest.layouts.label_values import Reading, readings_in_words
from facestore.ingest.plan import IngestPlan
from facestore.ingest.rivals import Rivals

# So many names are shown of what was passed over.
_N_NAMED = 5
# So many values of a column are shown.
_N_VALUES = 40


def labels_and_files(plan: IngestPlan, *, with_readings: bool = True) -> list[str]:
    """Return what the labels said, which of them met no file, and which files were passed over."""
    lines = []
    in_words = {*readings_in_words(plan.readings)}
    lines += [as_typed(note) for note in plan.notes if with_readings or note not in in_words]
    if without := plan.labels_without_file:
        lines.append(
            f"{counted(len(without), 'label row has', 'label rows have')} no file "
            f"({preview(without, _N_NAMED)}){_why_without_file(plan)}"
        )
    lines += rivals_in_words(plan.rivals)
    if unlabelled := plan.files_without_label:
        n = counted(len(unlabelled), "file has", "files have")
        lines.append(f"{n} no label ({preview(unlabelled, _N_NAMED)})")
    if plan.malformed:
        n = counted(len(plan.malformed), "name does", "names do")
        lines.append(f"{n} not say their labels ({preview(plan.malformed, _N_NAMED)})")
    if plan.ignored_columns:
        lines.append(not_read(plan.ignored_columns))
    if plan.other_files:
        shown = [f"{name!r}: {why_passed_over(name)}" for name in plan.other_files]
        n = counted(plan.n_other_files, "other file was", "other files were")
        lines.append(f"{n} passed over ({preview(shown, _N_NAMED)})")
    elif plan.n_other_files:
        n = counted(plan.n_other_files, "other file was", "other files were")
        lines.append(f"{n} passed over")
    return lines


def rivals_in_words(rivals: Sequence[Rivals]) -> list[str]:
    """Return the line about rows that mean the same file; none where there are none."""
    if not rivals:
        return []
    n = sum(len(each.names) for each in rivals)
    shown = preview([each.words for each in rivals], 1)
    return [f"{n:,} label rows mean {counted(len(rivals), 'file')}: {shown}"]


def not_read(columns: Sequence[str]) -> str:
    """Return the line about columns that were not read."""
    n = counted(len(columns), "column was", "columns were")
    shown = preview(columns, _N_NAMED)
    return f"{n} not read ({shown}): --attribute NAME reads one, --attribute all every one"


def lines_of_preview(readings: Sequence[Reading]) -> list[str]:
    """Return how each value of each column would be read, a line for each column."""
    by_place: dict[tuple[str, str], list[Reading]] = {}
    for each in readings:
        by_place.setdefault((each.column, each.attribute), []).append(each)
    return [
        f"column {column!r} is {attribute}: {_values(group)}"
        for (column, attribute), group in by_place.items()
    ]


def _values(group: Sequence[Reading]) -> str:
    years = [each.value for each in group if each.value is not None]
    words = [
        each.words if each.text != each.label else f"{each.text!r} ({each.n:,})"
        for each in group
        if each.value is None
    ]
    if years:
        n = sum(each.n for each in group if each.value is not None)
        words.insert(0, f"{min(years):g} to {max(years):g} as years ({n:,})")
    return preview(words, _N_VALUES) or "no value"


def _why_without_file(plan: IngestPlan) -> str:
    """Say why labels have no file: it was passed over, is elsewhere, or is called otherwise."""
    if plan.n_named_others:
        return f": {counted(plan.n_named_others, 'file')} of them passed over, see below"
    name = next((each.name for each in plan.entries), "")
    why = f": none meets a file, which are called as {name!r}: " * (not plan.labelled)
    if plan.file_column is not None:
        return (
            f"{why or ': '}add --file-column {quote(plan.file_column)}, which fits the files here"
        )
    if plan.labelled:
        return ": expected where only a part of the files is here"
    return f"{why}name them with --file-column"
