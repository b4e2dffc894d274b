"""The verbs of a store that compare vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from facestore.catalog.lookup import Hit
from facestore.neighbours.near import near, search
from facestore.neighbours.neighbours import MAX_PAIRS, NeighbourSummary, find_neighbours
from facestore.records import AnyPath
from facestore.reporting.gallery_page import write_gallery
from facestore.stores import Stores
from facestore.zero_shot.score import model_of


class NearestVerbs:
    """What lies near what, by the vectors of an encoder."""

    _stores: Stores

    def find_neighbours(
        self, min_cosine: float = 0.95, *, model: str | None = None, max_pairs: int = MAX_PAIRS
    ) -> NeighbourSummary:
        """Find all pairs of images that are close; they replace those of an earlier search.

        Parameters
        ----------
        min_cosine
            In (0, 1]; which value means "the same picture" depends on the encoder.
        model
            The encoder, as `score` takes it.
        max_pairs
            Give up, and change nothing, where there are more.
        """
        encoders = self._stores.catalog.encoders
        encoder = encoders.find(model) if model else encoders.only()
        return find_neighbours(self._stores, encoder, min_cosine, max_pairs=max_pairs)

    def near(
        self,
        image: AnyPath | int,
        *,
        k: int = 10,
        model: str | None = None,
        dataset: str | None = None,
        device: str = "auto",
    ) -> list[Hit]:
        """Return the samples whose images are nearest to one, best first; nothing is written.

        Parameters
        ----------
        image
            A file, DATASET/PATH, a sample_id, or an image_id or its first digits. What it names in
            the store is left out; copies under other names are not.
        k
            How many images; samples that show the same one share a rank.
        model
            The encoder, as `score` takes it.
        dataset
            Only samples of this data set.
        device
            Where the model runs for a file that is not in the store.
        """
        encoders = self._stores.catalog.encoders
        encoder = encoders.find(model) if model else encoders.only()
        lazy = model_of(encoder, model, device)
        return near(self._stores, str(image), encoder=encoder, model=lazy, k=k, dataset=dataset)

    def search(
        self,
        text: str,
        *,
        k: int = 10,
        model: str | None = None,
        dataset: str | None = None,
        device: str = "auto",
    ) -> list[Hit]:
        """Return the samples whose images are nearest to a text, best first.

        Parameters
        ----------
        text
            A whole sentence, as a prompt.
        k, model, dataset, device
            As `near` takes them.
        """
        encoders = self._stores.catalog.encoders
        encoder = encoders.find(model) if model else encoders.only()
        lazy = model_of(encoder, model, device)
        return search(self._stores, text, encoder=encoder, model=lazy, k=k, dataset=dataset)

    def write_gallery(
        self, file: AnyPath, question: str, hits: Sequence[Hit], *, images: AnyPath | None = None
    ) -> Path:
        """Write hits as an HTML page with thumbnails; return it.

        Parameters
        ----------
        file
            The page; one that is there is replaced.
        question
            What was asked; it stands above the answer.
        hits
            As `near` and `search` return them.
        images
            Folder of the pictures; by default that from which their data set was ingested.
        """
        folder = None if images is None else Path(images)
        return write_gallery(self._stores, Path(file), question, hits, folder)
