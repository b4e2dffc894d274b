"""Forget: people are taken out of a store so that nothing in it tells of them any more."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path

from facestore.catalog.refusals import Refused
from facestore.catalog.taking_out import Leaving
from facestore.config import CATALOG_FILE
from facestore.errors import InputError, ParametersError, UnknownNameError, by_number, preview
from facestore.files import sha256_of
from facestore.records import AnyPath
from facestore.removing.copies import Copy, copies_with
from facestore.removing.finish import Freed, go_on, is_page, taking_out
from facestore.removing.plan import Removal, alone
from facestore.stores import Stores, versions

_COMMAND = "forget"
_IMAGE_ID_DIGITS = 64
# Near copies that are shown, and files that are searched for names.
_MOST_NEAR = 20
_MOST_BYTES = 64 * 2**20


@dataclass(frozen=True)
class ForgetSummary:
    """What was forgotten, or would be.

    Attributes
    ----------
    receipt
        A random name of this removal, which the log of runs has, too; None: nothing was done.
    counts
        Rows deleted, by what they were.
    names
        Data set and path of what would be forgotten; none where it was.
    n_samples, n_images, n_shared
        Samples; images that no other sample has; samples whose image another one has.
    n_known
        Names that were forgotten before.
    freed
        What went out of files.
    near
        Samples that look nearly the same, and stay.
    copies
        Copies of the store that have it, or that could not be looked into.
    still_named
        Tables in the schema `mine`, and files in the folder of the store that facestore did not
        write, which have its name.
    is_dry
        Whether nothing was changed.
    """

    receipt: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    names: tuple[tuple[str, str], ...] = ()
    n_samples: int = 0
    n_images: int = 0
    n_shared: int = 0
    n_known: int = 0
    freed: Freed = field(default_factory=Freed)
    near: tuple[tuple[str, str], ...] = ()
    copies: tuple[Copy, ...] = ()
    still_named: tuple[str, ...] = ()
    is_dry: bool = False


def forget(
    store: Stores,
    names: AnyPath | Sequence[AnyPath] = (),
    *,
    file: AnyPath | None = None,
    dataset: str | None = None,
    dry_run: bool = False,
) -> ForgetSummary:
    """Take samples out so that no name, hash, vector or picture of them is left in the store.

    An image and its vectors stay where another sample has the same content that is not named. What
    is forgotten is not taken in again unless `ingest` is told so. Killed at any moment, all of it
    is there or none; the same call ends what a killed one began.

    Parameters
    ----------
    names
        Each a path of a sample, DATASET/PATH, the SHA-256 of a file (all samples with that
        content), or a file on this machine (the same). None: only ends what was begun.
    file
        A text file with more of them, one a line.
    dataset
        Only samples of it.
    dry_run
        Whether it is only said what would be forgotten.

    Returns
    -------
    ForgetSummary

    Raises
    ------
    UnknownNameError
        If a name is none; then nothing is forgotten.
    InputError
        If a path is one of several data sets, or the list cannot be read.
    StoreNotFoundError, StoreLockedError
        If there is no store, or another command writes to it.
    """
    names = [names] if isinstance(names, str | PathLike) else names
    given = [str(each) for each in names] + ([] if file is None else _listed(Path(file)))
    given = list(dict.fromkeys(given))
    with alone(store, _COMMAND):
        if dry_run:
            return _shown(store, given, dataset)
        ended = go_on(store)
        if not given:
            if ended is None:
                message = "Nothing to forget: give paths, hashes, or `file=LIST`."
                raise ParametersError(message)
            if ended.receipt and not store.catalog.runs.has_receipt(ended.receipt):
                message = (
                    "What was stopped had not come to its first row, so nobody was forgotten: give "
                    "the names again."
                )
                raise InputError(message)
            return ForgetSummary()
        found, contents, n_known = _resolved(store, given, dataset)
        leaving = store.catalog.taking_out.leaving(found)
        if not leaving.sample_ids and not contents:
            return ForgetSummary(n_known=n_known)
        return _forget(store, leaving, contents, n_known)


def _shown(store: Stores, given: Sequence[str], dataset: str | None) -> ForgetSummary:
    found, _, n_known = _resolved(store, given, dataset)
    leaving = store.catalog.taking_out.leaving(found)
    return ForgetSummary(
        names=leaving.names,
        n_samples=len(leaving.sample_ids),
        n_images=len(leaving.images),
        n_shared=leaving.n_shared,
        n_known=n_known,
        near=_near(store, leaving),
        copies=tuple(copies_with(store, leaving)),
        still_named=tuple(_still_named(store, leaving)),
        is_dry=True,
    )


def _forget(
    store: Stores, leaving: Leaving, contents: Sequence[str], n_known: int
) -> ForgetSummary:
    started_at, receipt = _utc_now(), secrets.token_hex(8)
    near, copies = _near(store, leaving), tuple(copies_with(store, leaving))
    removal = Removal(_COMMAND, keys=leaving.keys, is_secret=True, receipt=receipt)
    with taking_out(store, removal) as freed, store.catalog.transaction():
        # Also of an image that stays with another sample: the file that was named has it, too.
        refused = store.catalog.taking_out.contents_of(leaving.sample_ids) | set(contents)
        store.catalog.refusals.add(refused, leaving.names)
        counts = store.catalog.taking_out.delete(leaving)
        store.catalog.runs.redact(_needles(leaving), leaving.sample_ids)
        store.catalog.runs.record(
            _COMMAND,
            arguments={"receipt": receipt},
            counts=counts,
            versions=versions(),
            started_at=started_at,
            ended_at=_utc_now(),
        )
    return ForgetSummary(
        receipt=receipt,
        counts=counts,
        n_samples=len(leaving.sample_ids),
        n_images=len(leaving.images),
        n_shared=leaving.n_shared,
        n_known=n_known,
        freed=freed[0],
        near=near,
        copies=copies,
        still_named=tuple(_still_named(store, leaving)),
    )


def _listed(file: Path) -> list[str]:
    """Return the lines of a list of names; a list without any is refused."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        message = f"'{file}' cannot be read as a list of names, one a line, in UTF-8: {error}."
        raise InputError(message) from error
    lines = [line.strip() for line in text.splitlines()]
    if not any(lines):
        message = f"'{file}' has no name in it: one a line was expected."
        raise InputError(message)
    return [line for line in lines if line]


def _resolved(
    store: Stores, given: Sequence[str], dataset: str | None
) -> tuple[list[int], list[str], int]:
    """Return the samples, contents without a sample, and how many names were forgotten before."""
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    taking_out, refused = store.catalog.taking_out, store.catalog.refusals.load()
    found = taking_out.named([_as_hash(each) for each in given], dataset)
    sample_ids: list[int] = []
    contents: list[str] = []
    unknown: list[str] = []
    n_known = 0
    for name in given:
        samples = found.get(_as_hash(name), [])
        content = _as_hash(name)
        if not samples and Path(name).is_file():
            content = sha256_of(Path(name))
            samples = taking_out.named([content], dataset).get(content, [])
        if samples and not _is_hash(content) and len(samples) > 1:
            choices = preview([f"{d}/{p}" for _, d, p in samples])
            message = (
                f"'{name}' is in several data sets ({choices}): give `dataset=`, or one of these."
            )
            raise InputError(message)
        if samples:
            sample_ids += [sample_id for sample_id, *_ in samples]
        elif _is_hash(content) and dataset is None and taking_out.has_image(content):
            contents.append(content)
        elif _was_forgotten(store, refused, name, content, dataset):
            n_known += 1
        else:
            unknown.append(name)
    if unknown:
        raise _unknown(store, unknown, len(given))
    return sample_ids, contents, n_known


def _unknown(store: Stores, unknown: Sequence[str], n_given: int) -> UnknownNameError:
    near = store.catalog.lookup.near_misses(unknown[0])
    todo = "Give a path of a sample, DATASET/PATH, a whole SHA-256, or a file."
    if n_given > 1:
        are = by_number(len(unknown), "is", "are")
        todo = (
            f"{len(unknown):,} of {n_given:,} names {are} none, and nothing was forgotten. {todo}"
        )
    return UnknownNameError("sample or image", unknown[0], near, todo)


def _was_forgotten(
    store: Stores, refused: Refused, name: str, content: str, dataset: str | None
) -> bool:
    if not refused:
        return False
    datasets = [dataset] if dataset else list(store.catalog.samples.datasets())
    names = [(each, name) for each in datasets]
    names += [
        (each, name.removeprefix(f"{each}/")) for each in datasets if name.startswith(f"{each}/")
    ]
    return (_is_hash(content) and refused.has_content(content)) or any(
        refused.has_name(*each) for each in names
    )


def _near(store: Stores, leaving: Leaving) -> tuple[tuple[str, str], ...]:
    distance = store.catalog.settings.number("duplicate_distance")
    return tuple(store.catalog.taking_out.near(leaving.images, distance, _MOST_NEAR))


def _needles(leaving: Leaving) -> set[str]:
    """Return the texts by which samples are called."""
    names = {path for _, path in leaving.names} | {f"{d}/{path}" for d, path in leaving.names}
    names |= {path.rsplit("/", 1)[-1] for _, path in leaving.names}
    return names | set(leaving.images) | set(leaving.keys)


def _still_named(store: Stores, leaving: Leaving) -> Iterator[str]:
    """Yield tables of the user, and files in the folder of the store, with a name of what goes."""
    for table in store.catalog.taking_out.own_tables_with(_needles(leaving)):
        yield f"table {table}"
    file_names = {path.rsplit("/", 1)[-1] for _, path in leaving.names}
    needles = [each.encode() for each in {*leaving.images, *(path for _, path in leaving.names)}]
    own = {CATALOG_FILE, "vectors"}
    for each in sorted(store.path.rglob("*")):
        parts = each.relative_to(store.path).parts
        if not each.is_file() or parts[0] in own or parts[0].startswith(".") or is_page(parts):
            continue
        if each.name in file_names or (
            len(needles) <= _MOST_NEAR
            and each.stat().st_size <= _MOST_BYTES
            and _has_any(each.read_bytes(), needles)
        ):
            yield "/".join(parts)


def _has_any(content: bytes, needles: Sequence[bytes]) -> bool:
    return any(each in content for each in needles)


def _as_hash(name: str) -> str:
    return name.lower() if _is_hash(name) else name


def _is_hash(name: str) -> bool:
    return len(name) == _IMAGE_ID_DIGITS and not set(name.lower()) - set("0123456789abcdef")


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
