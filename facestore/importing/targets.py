"""The steps that imports share: samples are found by name or made, and what changed is told."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.sample_rows import LABEL_SCHEMA, SAMPLE_SCHEMA
from facestore.errors import TableError, by_number, counted, preview
from facestore.model_names import ModelName
from facestore.names import check_name, is_tail, match_names
from facestore.records import EncoderRecord
from facestore.stores import Stores, recorded

_NEW_DATASET = (
    "Ingest its images first, or add `create_samples=True` to make its samples from this file."
)


@dataclass(frozen=True)
class Target:
    """The samples that an import speaks of.

    Attributes
    ----------
    dataset
        The data set.
    split
        Split of samples that have none yet; it does not choose among them, and samples of another
        one are refused.
    create_samples
        Make samples for names that are unknown, instead of refusing them.
    """

    dataset: str
    split: str | None = None
    create_samples: bool = False

    def __post_init__(self) -> None:
        check_name("dataset", self.dataset)
        check_name("split", self.split)


@dataclass(frozen=True)
class ImportSummary:
    """What an import changed.

    Attributes
    ----------
    what
        labels, similarities, predictions or vectors.
    n_rows
        Rows of the file.
    n_met
        File names that met a sample which was there already.
    n_created
        Samples made.
    n_new
        Rows written; the others were there already.
    notes
        Further facts.
    """

    what: str
    dataset: str
    n_rows: int
    n_met: int
    n_created: int
    n_new: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Import:
    """An import of one file, under way.

    Attributes
    ----------
    known
        The samples of the data set as they were before.
    path_of
        The sample path of every name in the file.
    n_met, n_created
        How many names met a sample that was there, and how many samples are made for the others.
    counts
        To be filled with what changed.
    """

    store: Stores
    path: Path
    target: Target
    known: pl.DataFrame
    path_of: Mapping[str, str]
    n_met: int
    n_created: int
    counts: dict[str, int]

    def samples(self, splits: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Return a row for every name's sample, known ones as they are.

        The split given is that of samples which have none yet: where one is known it stays.

        Parameters
        ----------
        splits
            Splits that the file gives, by name.
        """
        given = splits or {}
        rows = pl.DataFrame(
            [(path, given.get(name, self.target.split)) for name, path in self.path_of.items()],
            schema={"path": pl.String, "given": pl.String},
            orient="row",
        )
        as_known = self.known.select("path", "image_id", "error", "split")
        return rows.join(as_known, on="path", how="left", coalesce=True).with_columns(
            split=pl.coalesce("split", "given")
        )

    def create_samples(self) -> None:
        """Make the samples that are missing."""
        if not self.n_created:
            return
        new = self.samples().join(self.known, on="path", how="anti")
        self.store.catalog.samples.save(
            self.target.dataset,
            source=str(self.path),
            layout="import",
            samples=new.with_columns(
                tags=pl.lit(None, pl.List(pl.String)), person_id=pl.lit(None, pl.String)
            ).select(list(SAMPLE_SCHEMA)),
            labels=pl.DataFrame(schema=LABEL_SCHEMA),
        )

    def with_sample_ids(self, table: pl.DataFrame) -> pl.DataFrame:
        """Add the sample_id of every name."""
        samples = self.store.catalog.samples.of_dataset(self.target.dataset)
        met = pl.DataFrame(
            {"name": list(self.path_of), "path": list(self.path_of.values())},
            schema={"name": pl.String, "path": pl.String},
        ).join(samples.select("path", "sample_id"), on="path")
        ids = met.select("name", "sample_id")
        return table.join(ids, on="name", how="left", maintain_order="left")

    def summary(self, what: str, *, n_rows: int, n_new: int, notes: Sequence[str]) -> ImportSummary:
        """Return what the import changed."""
        return ImportSummary(
            what, self.target.dataset, n_rows, self.n_met, self.n_created, n_new, tuple(notes)
        )


@contextmanager
def importing(
    store: Stores, what: str, path: Path, target: Target, names: Sequence[str], **arguments: Any
) -> Iterator[Import]:
    """Import a file whole or not at all, and record it.

    Parameters
    ----------
    what
        What is imported, as the command says it.
    path
        The file.
    target
        The samples that it speaks of.
    names
        The names of files in it, each once.
    **arguments
        What else is recorded.

    Raises
    ------
    TableError
        If names are unknown and no samples may be made, are samples of another split, or were
        forgotten here.
    """
    given = asdict(target) | {"path": path} | arguments
    with recorded(store, f"import {what}", given, whole=True) as counts:
        samples = store.catalog.samples
        if not target.create_samples:
            samples.require_dataset(target.dataset, _NEW_DATASET)
        known = samples.of_dataset(target.dataset)
        found = match_names(list(names), known["path"].to_list())
        path_of = found.path_of
        if target.create_samples:
            # `val/1.jpg` is a new sample, and never the one that is called `train/1.jpg`
            path_of = {name: path for name, path in path_of.items() if is_tail(name, path)}
        unknown = tuple(name for name in names if name not in path_of)
        if unknown and not target.create_samples:
            _refuse_rivals(path, target, found.rivals)
            raise TableError(
                path,
                f"{len(unknown):,} of {counted(len(names), 'file')} "
                f"{by_number(len(unknown), 'is no sample', 'are no samples')} of data set "
                f"{target.dataset!r} ({preview(unknown)})",
                "Ingest their images or labels first, or add `create_samples=True`.",
            )
        _refuse_other_split(path, target, known, set(path_of.values()))
        _refuse_forgotten(store, path, target, unknown)
        path_of |= {name: name for name in unknown}
        n_met = len(names) - len(unknown)
        yield Import(store, path, target, known, path_of, n_met, len(unknown), counts)


def _refuse_rivals(path: Path, target: Target, rivals: Mapping[str, Sequence[str]]) -> None:
    """Refuse a file of which two names mean one sample."""
    if rivals:
        sample, (one, two, *_) = next(iter(rivals.items()))
        more = f" ({len(rivals):,} samples are meant by several)" if len(rivals) > 1 else ""
        raise TableError(
            path,
            f"{one!r} and {two!r} are both sample {sample!r} of data set {target.dataset!r}{more}",
            "Keep one row a sample, or name the files with the folders that tell them apart.",
        )


def _refuse_other_split(
    path: Path, target: Target, known: pl.DataFrame, paths: Collection[str]
) -> None:
    """Refuse a file of one split whose names meet samples of another: they are other pictures."""
    if target.split is None:
        return
    splits = known.filter(pl.col("path").is_in(list(paths)) & (pl.col("split") != target.split))
    if not splits.is_empty():
        first = splits["split"][0]
        raise TableError(
            path,
            f"{len(splits):,} of its files {by_number(len(splits), 'is a sample', 'are samples')} "
            f"of split {first!r} already "
            f"({preview(splits['path'].to_list())}), not of {target.split!r}",
            "Leave `split=` out if these are meant; else give another `dataset=`, or name the "
            "files with a folder above, as those of both splits.",
        )


def _refuse_forgotten(store: Stores, path: Path, target: Target, names: Sequence[str]) -> None:
    """Refuse to make samples again that were forgotten here."""
    refused = store.catalog.refusals.load()
    if forgotten := [each for each in names if refused.has_name(target.dataset, each)]:
        raise TableError(
            path,
            f"{counted(len(forgotten), 'of its files was', 'of its files were')} forgotten here "
            f"({preview(forgotten)})",
            "Take their rows out of the file; pictures come back with "
            "`facestore ingest SOURCE again=True`.",
        )


def imported_encoder(
    store: Stores,
    model: ModelName,
    *,
    dim: int | None = None,
    precision: str | None = None,
    logit_scale: float | None = None,
) -> StoredEncoder:
    """Return the encoder of a model whose results are imported."""
    check_name("model", model.architecture)
    return store.catalog.encoders.register(
        EncoderRecord(
            source="imported",
            architecture=model.whole_architecture,
            pretrained=model.pretrained,
            precision=precision,
            dim=dim,
            logit_scale=logit_scale,
        )
    )
