"""What a text of rows and columns is written in: its encoding, its separator, where rows begin.

People's tables come from spreadsheets, pandas, Matlab and by hand. What they add around the rows is
taken away here, so that what is left is plain CSV in UTF-8.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from facestore.errors import TableError, counted

ROWS_EXPECTED = "Expected a header, and a row for each file or figure: check what wrote it."
_SEPARATORS = ",;\t|"
_MAX_HEADER = 4 * 1024 * 1024
_MARKS = {
    b"\x1f\x8b": ("it is compressed with gzip", "Expected plain text: unpack it first."),
    b"PK": (
        "it is a ZIP archive, or a workbook of a spreadsheet",
        "Expected plain text: unpack it, or save the sheet as CSV.",
    ),
    b"\x28\xb5\x2f\xfd": ("it is compressed with Zstandard", "Expected plain text: unpack it."),
}
_BYTE_ORDER = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# No text has these; a file of bytes has.
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_OF_IMAGE = re.compile(r"\.(?:jpe?g|jpe|jfif|png|webp|bmp|gif|tiff?|avif)$", re.IGNORECASE)


@dataclass(frozen=True)
class TableText:
    """The text of a table.

    Attributes
    ----------
    data
        CSV in UTF-8, the header first unless `names` has it.
    separator
        What parts the columns.
    names
        Names of the columns where the file has no header: their numbers, from 1.
    first_row
        Number of the line in the file that the first row is.
    encoding
        What it was written in.
    is_of_blanks
        Whether blanks parted the columns, where `data` has tabs.
    """

    data: bytes
    separator: str
    names: tuple[str, ...]
    first_row: int
    encoding: str
    is_of_blanks: bool = False

    @property
    def n_columns(self) -> int:
        """Number of separators in the first line, and one."""
        return self.data.partition(b"\n")[0].count(self.separator.encode()) + 1


def is_image_name(text: str) -> bool:
    """Say whether a text ends as the name of a picture does."""
    return _OF_IMAGE.search(text.strip()) is not None


def table_text(path: Path, encoding: str | None = None) -> TableText:
    """Read the text of a table.

    Parameters
    ----------
    path
        The file.
    encoding
        What it is written in; None: told by its bytes (UTF-8, UTF-16, or else Latin-1 as Windows
        writes it).

    Raises
    ------
    TableError
        If it is no text.
    OSError
        If it cannot be read.
    """
    text, written_in = decoded(path, encoding)
    if not text.strip():
        raise TableError(path, "it is empty", ROWS_EXPECTED)
    if "\n" not in text:
        text = text.replace("\r", "\n")  # as Macs wrote once
    separator, text, n_dropped = _without_preamble(text)
    header = text.partition("\n")[0]
    if len(header) >= _MAX_HEADER:
        problem = f"its first line is longer than {_MAX_HEADER:,} bytes"
        raise TableError(path, problem, "Check the file.")
    is_of_blanks = False
    if not separator:
        separator, text = _separated(path, text, header, n_dropped)
        is_of_blanks = separator == "\t" and "\t" not in header
        header = text.partition("\n")[0]
    cells = header.rstrip("\r").split(separator)
    has_header = not any(is_image_name(cell.strip('"')) for cell in cells)
    names = () if has_header else tuple(str(i) for i in range(1, len(cells) + 1))
    first_row = n_dropped + 1 + has_header
    return TableText(text.encode(), separator, names, first_row, written_in, is_of_blanks)


def decoded(path: Path, encoding: str | None = None) -> tuple[str, str]:
    """Return a text as it is, and what it is written in.

    Parameters
    ----------
    path, encoding
        As for `table_text`.

    Raises
    ------
    TableError
        If it is no text.
    OSError
        If it cannot be read.
    """
    content = path.read_bytes()
    for mark, (problem, todo) in _MARKS.items():
        if content.startswith(mark):
            raise TableError(path, problem, todo)
    told = next((name for mark, name in _BYTE_ORDER.items() if content.startswith(mark)), None)
    start = content[:4096]
    if told is None and len(start) > 3 and b"\0" in start:
        # Half of the bytes of Western text in UTF-16 are zero, all of them on one side.
        sides = {"utf-16-le": start[::2], "utf-16-be": start[1::2]}
        if start.count(b"\0") > 0.3 * len(start):
            told = next((name for name, side in sides.items() if b"\0" not in side), None)
    wanted = encoding or told or "utf-8"
    try:
        return _checked(content.decode(wanted)), wanted
    except ValueError as error:
        reason = " ".join(str(error).split())[:120]
    if encoding is None and told is None:
        for name in ("cp1252", "latin-1"):
            try:
                return _checked(content.decode(name)), name
            except ValueError:
                continue
    problem = f"not readable as a table (it is no text in {wanted}: {reason})"
    raise TableError(path, problem, "Check the file, or give its `encoding=NAME`.")


def _checked(text: str) -> str:
    if found := _NO_TEXT.search(text[: 1024 * 1024]):
        message = f"it has the character {found[0]!r}"
        raise ValueError(message)
    return text.removeprefix("\ufeff")


def _without_preamble(text: str) -> tuple[str, str, int]:
    """Return the separator that the file names, if it does, its rows, and how many lines go."""
    separator, n_dropped = "", 0
    while True:
        line, _, rest = text.partition("\n")
        plain = line.strip()
        is_named = re.fullmatch(r'"?sep=(.)"?', line.rstrip("\r"), re.IGNORECASE)
        following = rest.partition("\n")[0].split()
        if is_named:
            separator = is_named[1]
        # Spreadsheets leave lines empty; CelebA has the number of rows first, and LFW a comment.
        elif not (
            (not plain and rest)
            or (plain.isdigit() and len(following) > 1)
            or (plain.startswith("#") and following[:1] and following[0].startswith("#"))
        ):
            break
        text, n_dropped = rest, n_dropped + 1
    # The header of NumPy and of LFW is a comment as well.
    return separator, re.sub(r"\A#[ \t]*", "", text), n_dropped


def _separated(path: Path, text: str, header: str, n_dropped: int) -> tuple[str, str]:
    if path.suffix.lower() == ".tsv" and "\t" in header:
        return "\t", text
    most = max(_SEPARATORS, key=header.count)
    if most in header:
        # Blanks before a quote would make it a part of the text: `n000001, "A._Person", 424`.
        return most, re.sub(rf'{re.escape(most)}[ ]+"(?!")', f'{most}"', text)
    words = header.split()
    lines = [line.split() for line in text.splitlines()]
    rows = [line for line in lines[1:] if line]
    widths = {len(row) for row in rows}
    is_headed = len(widths) == 1 and widths <= {len(words), len(words) + 1}
    if len(words) < 2 or not is_headed:
        _check_blanks(path, words, lines, n_dropped)
        return ",", text
    if len(rows[0]) == len(words) + 1:  # CelebA's header has no name for the files
        lines[0] = ["file", *words]
    return "\t", "\n".join("\t".join(line) for line in lines)


def _check_blanks(path: Path, words: list[str], lines: list[list[str]], n_dropped: int) -> None:
    """Refuse rows of a picture and values between blanks that do not go with their header."""
    rows = {number: row for number, row in enumerate(lines, n_dropped + 1) if row}
    rows.pop(n_dropped + 1, None)
    if len(words) < 2 or not rows or not all(is_image_name(row[0]) for row in rows.values()):
        return
    widths = Counter(map(len, rows.values()))
    usual = widths.most_common()[0][0]
    if usual < 2:
        return
    if usual not in (len(words), len(words) + 1):
        values = counted(usual - 1, "value")
        problem = f"its header has {counted(len(words), 'name')}, and a row a file and {values}"
        todo = "Expected a name for each column: the one of the files may be missing."
        raise TableError(path, problem, todo)
    number, odd = next((number, row) for number, row in rows.items() if len(row) != usual)
    problem = f"row {number} has {counted(len(odd), 'cell')}, and most rows have {usual:,}"
    todo = (
        "Part the columns by commas, with quotes around a text that has a blank, or remove what is "
        "too much."
        if len(odd) > usual
        else "Expected a value in each column: add what is missing."
    )
    raise TableError(path, problem, todo)
