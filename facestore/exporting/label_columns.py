"""Names of the columns with labels, beside columns that are always there."""

from collections.abc import Collection

# What rows of samples say besides labels.
OF_SAMPLES = frozenset(
    [
        "picture",
        "path",
        "dataset",
        "split",
        "sample_id",
        "predicted",
        "judged",
        "margin",
        "duplicate_group",
        "suspect",
        "x",
        "y",
        "neighbors",
    ]
)


def label_column(attribute: str, taken: Collection[str] = ()) -> str:
    """Return the column of an attribute: its name, or `label: NAME` where that says something else.

    Parameters
    ----------
    taken
        Names of other columns in small letters: DuckDB tells no names apart by their letter case.
    """
    name = attribute.casefold()
    return f"label: {attribute}" if name in OF_SAMPLES or name in taken else attribute
