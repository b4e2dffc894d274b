"""A table of labels that was given for the files of a source."""

import os
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from facestore.errors import FileNamesError, InputError
from facestore.ingest.layouts.file_patterns import fitting_file_column
from facestore.ingest.layouts.folder_rows import of_pictures
from facestore.ingest.layouts.found_labels import LabelTable
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import read_label_table


def table_of(path: Path, rules: LabelRules, files: Sequence[str]) -> LabelTable:
    """Read the labels of files; where a table does not name them, say how it would.

    Parameters
    ----------
    path, rules
        As for `read_label_table`.
    files
        Names of the files, relative to their folder.

    Raises
    ------
    TableError
        As `read_label_table`.
    """
    try:
        return of_pictures(read_label_table(path, rules), files)
    except FileNamesError as error:
        pattern = fitting_file_column(path, rules.mapping.encoding, files)
        if pattern is None or pattern == rules.mapping.file:
            raise
        todo = f"The files here fit `file_column={quote(pattern)}`: add it."
        raise FileNamesError(path, error.problem, todo) from error


def refuse_folder(labels: Path, source: Path) -> None:
    """Refuse a folder as a table, and say what reads a file for each picture."""
    if not labels.is_dir():
        return
    above = os.path.commonpath([labels.absolute(), source.absolute()])
    message = (
        f"'{labels}' is a folder, and a table was expected: a .json for each picture is read from "
        f"the folder above both, `facestore ingest {quote(above)}`."
    )
    raise InputError(message)
