"""Precisions: of the arithmetic of a model, as open_clip names it, and of the vectors it leaves.

`fp32/float16` computes as `fp32` does and keeps image vectors as float16, in half the room. It is
a precision of its own, and so another encoder: its vectors are rounded. Text vectors are few, and
stay float32.
"""

import numpy as np

from facestore.records import EmbeddingBatch, Float32

KEPT_AS_HALF = "/float16"


def arithmetic_of(precision: str) -> str:
    """Return what the model computes in: `fp32` of `fp32/float16`."""
    return precision.removesuffix(KEPT_AS_HALF)


def keeps_half(precision: object) -> bool:
    """Whether image vectors of an encoder of this precision are kept as float16."""
    return isinstance(precision, str) and precision.endswith(KEPT_AS_HALF)


def rounded(batch: EmbeddingBatch) -> EmbeddingBatch:
    """Return vectors as they are read again from float16: unit vectors to `UNIT_TOLERANCE`."""
    vectors: Float32 = batch.vectors.astype(np.float16).astype(np.float32)
    return EmbeddingBatch(batch.keys, vectors)
