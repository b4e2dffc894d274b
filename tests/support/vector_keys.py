"""All keys of a small table of vectors as a set, which the program never makes."""

from facestore.vector_table import VectorTable


def keys_of(table: VectorTable) -> set[str]:
    """Return the keys of a table."""
    return {key for keys in table.key_batches() for key in keys}
