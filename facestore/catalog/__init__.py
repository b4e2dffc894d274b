"""The DuckDB half of a store: data sets, labels, prompts, similarities, predictions."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from facestore.catalog.annotations import Annotations
from facestore.catalog.attached import attached
from facestore.catalog.audits import Audits
from facestore.catalog.bootstraps import Bootstraps
from facestore.catalog.checks import Checks
from facestore.catalog.counts import Counts
from facestore.catalog.database import Database
from facestore.catalog.drops import Drops
from facestore.catalog.duplicates import Duplicates
from facestore.catalog.encoders import Encoders
from facestore.catalog.explanations import Explanations
from facestore.catalog.exports import Exports
from facestore.catalog.faithfulness import FaithfulnessOfMaps
from facestore.catalog.kinds import Kinds
from facestore.catalog.lookup import Lookup
from facestore.catalog.merging import Merging
from facestore.catalog.neighbours import Neighbours
from facestore.catalog.predictions import Predictions
from facestore.catalog.prompts import Prompts
from facestore.catalog.published import Published
from facestore.catalog.refusals import Refusals
from facestore.catalog.removals import Removals
from facestore.catalog.renaming import Renaming
from facestore.catalog.repairs import Repairs
from facestore.catalog.runs import Runs
from facestore.catalog.samples import Samples
from facestore.catalog.seen import Seen
from facestore.catalog.settings import Settings
from facestore.catalog.similarities import Similarities
from facestore.catalog.splits import Splits
from facestore.catalog.streams import Streams
from facestore.catalog.taking_out import TakingOut
from facestore.catalog.training import Training
from facestore.catalog.vector_batches import VectorBatches
from facestore.catalog.vector_indexes import VectorIndexes

__all__ = ["Catalog", "Database", "attached"]


class Catalog:
    """The DuckDB file of a store, by topic.

    Parameters
    ----------
    path
        The DuckDB file; it is made by the first command that writes.
    notify
        Takes a line for the user where another process has to be waited for.
    before_commit
        As `Database` has it.
    """

    def __init__(
        self,
        path: Path,
        notify: Callable[[str], None] = lambda _line: None,
        before_commit: Callable[[], object] = lambda: None,
    ) -> None:
        self.database = Database(path, notify, before_commit)
        self.samples = Samples(self.database)
        self.annotations = Annotations(self.database)
        self.encoders = Encoders(self.database)
        self.vector_batches = VectorBatches(self.database)
        self.vector_indexes = VectorIndexes(self.database)
        self.prompts = Prompts(self.database)
        self.similarities = Similarities(self.database)
        self.streams = Streams(self.database)
        self.predictions = Predictions(self.database)
        self.counts = Counts(self.database)
        self.bootstraps = Bootstraps(self.database)
        self.neighbours = Neighbours(self.database)
        self.lookup = Lookup(self.database)
        self.training = Training(self.database)
        self.explanations = Explanations(self.database)
        self.faithfulness = FaithfulnessOfMaps(self.database)
        self.seen = Seen(self.database)
        self.published = Published(self.database)
        self.duplicates = Duplicates(self.database)
        self.splits = Splits(self.database)
        self.settings = Settings(self.database)
        self.kinds = Kinds(self.database)
        self.runs = Runs(self.database)
        self.audits = Audits(self.database)
        self.checks = Checks(self.database)
        self.drops = Drops(self.database)
        self.exports = Exports(self.database)
        self.repairs = Repairs(self.database)
        self.taking_out = TakingOut(self.database)
        self.refusals = Refusals(self.database)
        self.removals = Removals(self.database)
        self.renaming = Renaming(self.database)
        self.merging = Merging(self.database)

    def transaction(self) -> AbstractContextManager[object]:
        """Make all that is written within the context one transaction: everything or nothing."""
        return self.database.writing()

    def close(self) -> None:
        """Close the connection for reading, if one is open."""
        self.database.close()
