"""An encoder during one ingest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facestore.encoders.encoder import LazyEncoder
from facestore.ingest.embedding import VectorBuffer
from facestore.ingest.known import KnownKeys
from facestore.recorded_vectors import VectorRecord
from facestore.records import EmbeddingBatch

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from facestore.vector_table import VectorTable


@dataclass
class EncoderRun:
    """An encoder during one ingest: what it has encoded, and what it still has to."""

    encoder: LazyEncoder
    buffer: VectorBuffer
    table: Callable[[], VectorTable]
    # None: nothing of it is in the store
    images: VectorTable | None = None
    record: VectorRecord | None = None
    n_encoded: int = 0
    present: KnownKeys = field(init=False)

    def __post_init__(self) -> None:
        self.present = KnownKeys(
            lambda image_id: self.images is not None and self.images.may_have(image_id)
        )

    def write(self, batch: EmbeddingBatch) -> None:
        """Write vectors; called in the thread that writes."""
        self.images = self.table()
        if self.record is not None:
            self.record.note(batch)
        self.images.add(batch)
        self.n_encoded += len(batch.keys)

    def lacking(self, image_ids: Sequence[str]) -> set[str]:
        """Return the images that have no vector, for sure, though all should have one by now."""
        if self.images is None:
            return set(image_ids)
        is_there = self.images.has(image_ids)
        return {each for each, there in zip(image_ids, is_there, strict=True) if not there}

    def transform(self, image: Image.Image) -> torch.Tensor:
        """Resize and cut a picture for it; called from several threads."""
        return self.encoder.load().pixels(image)
