"""What a source holds: the images, their labels, and how that was found out."""

from dataclasses import dataclass, field
from pathlib import Path

from facestore.errors import counted, preview
from facestore.ingest.layouts.found_labels import LabelTable, merge_tables
from facestore.records import FileEntry

# As Hugging Face's data sets call the folders and files of splits.
_SPLITS = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "validation", "dev": "dev",
    "test": "test", "testing": "test", "eval": "eval", "evaluation": "eval",
}  # fmt: skip


@dataclass(frozen=True)
class Manifest:
    """What a source holds.

    Attributes
    ----------
    layout
        How it was read: `folder`, `csv`, `utkface`, `names`, `imagefolder`, `sidecars`,
        `parquet`, `webdataset`, `list`.
    reason
        Why, for people.
    entries
        The images, by names that are the same at every reading.
    table
        Their labels.
    by_tail
        Whether names in `table` meet those of entries by the longest common tail of their paths;
        else they are the same names.
    splits
        Entry -> split, where its place says it; what the table says comes first.
    n_other, others
        How many files were passed over, and which, where they are files of a folder.
    notes
        Further facts for people.
    """

    layout: str
    reason: str
    entries: tuple[FileEntry, ...]
    table: LabelTable = field(default_factory=lambda: merge_tables([]))
    by_tail: bool = False
    splits: dict[str, str] = field(default_factory=dict)
    n_other: int = 0
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class ReadErrors:
    """Containers that could not be read, or not to their end; the others are."""

    reasons: list[str] = field(default_factory=list)
    n_good: int = 0

    def add(self, path: Path, error: OSError) -> None:
        """Note why one could not be read."""
        self.reasons.append(f"{path.name}: {error.strerror or error}")

    def notes(self) -> tuple[str, ...]:
        """Return them as one line, if there are any."""
        if not self.reasons:
            return ()
        n = counted(len(self.reasons), "file")
        return (f"{n} could not be read, or not to their end ({preview(self.reasons)})",)


def split_called(name: str) -> str | None:
    """Return the split that a folder of this name has."""
    return _SPLITS.get(name.lower())


def split_of_file(path: Path) -> str | None:
    """Return the split that the name of a container says: `train-00000-of-00004.parquet`."""
    first = path.stem.replace("_", "-").replace(".", "-").split("-")[0]
    return _SPLITS.get(first.lower())
