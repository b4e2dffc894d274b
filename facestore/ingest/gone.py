"""Which samples of a data set have lost their file: known, and not in the source any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from facestore.images.files import PlainFile
from facestore.images.places import ImageSource
from facestore.ingest.plan import IngestPlan
from facestore.stores import Stores


@dataclass(frozen=True)
class Gone:
    """Samples without their file.

    Attributes
    ----------
    paths
        Of samples whose file is gone.
    unsure
        Of those that may be in another source, which cannot be looked into now.
    """

    paths: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


def gone_from(store: Stores, plan: IngestPlan) -> Gone:
    """Return the samples whose file was there at an earlier ingest and is not any more.

    A data set may have been ingested from several sources: what lies in another one is not gone.

    Parameters
    ----------
    plan
        What there is now.
    """
    there = set(plan.path_of.values())
    missing = [
        path
        for path, known in plan.known.items()
        if path not in there and (known.image_id is not None or known.error is not None)
    ]
    if not missing:
        return Gone()
    others = [_Other(each) for each in _other_sources(store, plan)]
    unsure: list[str] = []
    gone: list[str] = []
    for path in missing:
        answers = {each.has(path) for each in others}
        if True not in answers:
            (unsure if None in answers else gone).append(path)
    return Gone(tuple(gone), tuple(unsure))


def sample_ids(store: Stores, dataset: str, paths: Sequence[str]) -> list[int]:
    """Return the ids of samples of a data set."""
    wanted = set(paths)
    frame = store.catalog.samples.of_dataset(dataset)
    rows = frame.select("sample_id", "path").iter_rows()
    return [sample_id for sample_id, path in rows if path in wanted]


class _Other:
    """Another source of the data set."""

    def __init__(self, source: str) -> None:
        self._is_there = Path(source).exists()
        self._images = ImageSource(source)

    def has(self, path: str) -> bool | None:
        """Say whether it has a sample; None: that cannot be told."""
        if not self._is_there:
            return None
        file = self._images.file(path)
        return file.path.is_file() if isinstance(file, PlainFile) else None


def _other_sources(store: Stores, plan: IngestPlan) -> list[str]:
    """Return what else was ingested into the data set, by the table of data sets and the log."""
    sources = {*store.catalog.runs.sources_of(plan.dataset)}
    sources.update(store.catalog.samples.sources().get(plan.dataset, ()))
    return sorted(each for each in sources if _absolute(each) != _absolute(plan.source))


def _absolute(source: str) -> Path:
    return Path(source).absolute()
