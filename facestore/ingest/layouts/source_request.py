"""A source, and how it is to be read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from facestore.images.walk import Listing, walk
from facestore.ingest.layouts.label_rules import LabelRules

AUTO = "auto"
_FORCED = "as `layout=` says"


@dataclass(frozen=True)
class SourceRequest:
    """A source, and how it is to be read.

    Attributes
    ----------
    source
        A folder, a tar, a Parquet file, a table of paths, or a pattern such as
        `shard-{0000..0003}.tar`.
    rules
        What may be a label.
    layout
        One of the names in `layouts.LAYOUTS`.
    labels
        A label table, instead of the labels that the source has.
    lists
        What lists a folder: `walk`, which is told whether to take what lies outside.
    name
        The data set, after which labels are called of which nobody said the attribute; empty: they
        are not read.
    """

    source: Path
    rules: LabelRules
    layout: str = AUTO
    labels: Path | None = None
    lists: Callable[[Path], Listing] = walk
    name: str = ""

    @property
    def is_auto(self) -> bool:
        """Whether the layout is recognised from what is there."""
        return self.layout == AUTO

    @property
    def inside(self) -> LabelRules:
        """What may be a label in the source itself; nothing where a table has them."""
        return self.rules if self.labels is None else LabelRules({})

    def reason(self, found: str) -> str:
        """Return why a layout was chosen."""
        return found if self.is_auto else _FORCED

    def allows(self, layout: str) -> bool:
        """Whether a source of a layout may be read."""
        return self.layout in (AUTO, layout)
