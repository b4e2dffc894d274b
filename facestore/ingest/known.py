"""What a run finds there already: told at once of each file, and made sure of by the thousand.

A key that is known costs eight bytes, so a new one is now and then taken for one of them. That is
seen before anything is committed that relies on it, and the file is read again.
"""

from collections.abc import Callable, Collection

from facestore.catalog.samples import Samples
from facestore.key_index import KeyIndex, hashes_of


class KnownKeys:
    """Keys that are there or on their way; threads that read ask, one thread changes it.

    Parameters
    ----------
    may_have
        Whether a key may be there; if it says no, that is sure.
    """

    def __init__(self, may_have: Callable[[str], bool]) -> None:
        self._may_have = may_have
        self._coming: frozenset[str] = frozenset()
        self._mistaken: frozenset[str] = frozenset()

    def __contains__(self, key: str) -> bool:
        """Whether a key is there, as far as is known."""
        return key in self._coming or (key not in self._mistaken and self._may_have(key))

    def expect(self, keys: Collection[str]) -> None:
        """Take keys for known that are about to be written."""
        self._coming |= frozenset(keys)

    def expect_only(self, keys: Collection[str]) -> None:
        """Do so after all that was expected before is written."""
        self._coming = frozenset(keys)
        self._mistaken -= self._coming

    def doubt(self, keys: Collection[str]) -> None:
        """Take keys for unknown that were looked for and are not there."""
        self._mistaken |= frozenset(keys)


class KnownImages(KnownKeys):
    """The images whose content is known in the catalogue.

    Parameters
    ----------
    samples
        Where they are.
    """

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._index = KeyIndex.of(samples.image_id_batches(), samples.n_images())
        super().__init__(self._index.may_have_one)
        self.n_new = 0

    def sure(self, image_ids: Collection[str]) -> set[str]:
        """Return those of some images that are there, looked up one by one."""
        return self._samples.known_images(image_ids)

    def add(self, image_ids: Collection[str]) -> None:
        """Note images that were written."""
        if image_ids:
            self._index.add(hashes_of(list(image_ids)))
            self.expect_only(image_ids)
            self.n_new += len(image_ids)
