"""Digests of vectors: what `vector_batches` keeps, and how rows that differ are told.

The digest of a row is SHA-256 over the length of its key in bytes (4 bytes, little-endian), the key
(UTF-8) and the vector (float32, little-endian). That of rows side by side is SHA-256 over theirs.
Digests of rows are 32 bytes, whatever a vector has: so they can be kept until they are recorded.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from facestore.records import EmbeddingBatch

# Of a digest, what is kept of each row.
CHECK_BYTES = 4


def row_digests(batch: EmbeddingBatch) -> list[bytes]:
    """Return the digest of each row, 32 bytes."""
    vectors = np.ascontiguousarray(batch.vectors, dtype="<f4")
    digests = []
    for key, vector in zip(batch.keys, vectors, strict=True):
        name = key.encode()
        digest = hashlib.sha256(len(name).to_bytes(4, "little"))
        digest.update(name)
        digest.update(vector)
        digests.append(digest.digest())
    return digests


def batch_digest(digests: Sequence[bytes]) -> str:
    """Return the digest (hex) of rows side by side."""
    return hashlib.sha256(b"".join(digests)).hexdigest()


def row_checks(digests: Sequence[bytes]) -> bytes:
    """Return what is kept of each row, one after the other."""
    return b"".join(digest[:CHECK_BYTES] for digest in digests)


def differing_rows(digests: Sequence[bytes], checks: bytes) -> list[int]:
    """Return the places of rows that are not those of the checks."""
    starts = range(0, len(checks), CHECK_BYTES)
    return [
        place
        for place, (digest, start) in enumerate(zip(digests, starts, strict=False))
        if digest[:CHECK_BYTES] != checks[start : start + CHECK_BYTES]
    ]
