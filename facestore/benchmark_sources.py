"""Data sets as they are given to a benchmark: what they are called, and what lies beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from facestore.benchmark_prompts import CLASS_NAMES
from facestore.errors import InputError, UnknownNameError
from facestore.ingest.layouts.after_dataset import label_column
from facestore.ingest.layouts.manifest import split_called
from facestore.mappings import LabelMapping
from facestore.records import AnyPath
from facestore.stores import Stores

_TEMPLATES = "zeroshot_classification_templates.txt"
_MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class Source:
    """A data set to be benchmarked.

    Attributes
    ----------
    path
        Where its pictures are; None: it is in the store.
    name
        Of the data set.
    split
        Told by the folder that was given, as `cars/test`.
    class_names, templates
        What files beside its archives say, as data sets of CLIP_benchmark have them.
    """

    path: Path | None
    name: str
    split: str | None = None
    class_names: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


def each_once(sources: Iterable[Source]) -> list[Source]:
    """Return each data set and split once, refused where two folders would be the same one."""
    found: dict[tuple[str, str | None], Source] = {}
    for each in sources:
        other = found.setdefault((each.name, each.split), each)
        if other.path != each.path:
            places = [f"'{one.path}'" if one.path else "that of the store" for one in (other, each)]
            message = (
                f"{' and '.join(places)} would both be data set {each.name!r}: rename "
                "one of the folders, or benchmark one after the other with a store of its own."
            )
            raise InputError(message)
    return list(found.values())


def source_of(store: Stores, given: AnyPath) -> Source:
    """Tell what a data set is called, and what lies beside its archives."""
    path = Path(given)
    if not path.exists():
        known = list(store.catalog.samples.datasets())
        if str(given) in known:
            return Source(None, str(given))
        raise UnknownNameError("folder or data set", str(given), known)
    path = _test_split(path.resolve())
    is_shard = path.is_file() and path.stem.isdigit()  # a number is no name of a data set
    folder = path.parent if is_shard else path
    split = split_called(folder.name) if folder.is_dir() else None
    named = folder.parent if split else folder
    name = named.name if named.is_dir() else named.name.partition(".")[0]
    beside = [path, path.parent] if path.is_dir() else [path.parent, path.parent.parent]
    return Source(path, name, split, _lines(beside, CLASS_NAMES), _lines(beside, _TEMPLATES))


def _test_split(path: Path) -> Path:
    """Return the folder of the test split of a web data set, which CLIP_benchmark judges by."""
    test = path / "test"
    return test if (path / CLASS_NAMES).is_file() and test.is_dir() else path


def _lines(folders: Sequence[Path], name: str) -> tuple[str, ...]:
    """Return the lines of the first such file; none where there is none."""
    for file in (folder / name for folder in folders):
        if file.is_file() and file.stat().st_size <= _MAX_BYTES:
            try:
                lines = file.read_text(encoding="utf-8-sig").splitlines()
            except (OSError, ValueError) as error:
                message = f"'{file}' cannot be read ({error}): expected a text in UTF-8."
                raise InputError(message) from error
            told = [line.strip() for line in lines]
            while told and not told[-1]:
                told.pop()
            if "" in told:  # the number of a line is that of its class
                n = told.index("") + 1
                message = f"line {n} of '{file}' is empty: expected one name or template a line."
                raise InputError(message)
            return tuple(told)
    return ()


def mapping_of(source: Source) -> LabelMapping | None:
    """Say in which column of a Parquet file the classes are."""
    path = source.path
    if path is None:
        return None
    files = [path] if path.suffix == ".parquet" else sorted(path.rglob("*.parquet"))[:1]
    if not files:
        return None
    import pyarrow.parquet as pq

    try:
        columns = pq.read_schema(files[0]).names
    except (OSError, ValueError):
        return None  # ingest says what is wrong with it
    found = label_column(columns)
    return LabelMapping.of(columns=[f"{source.name}={found}"]) if found else None
