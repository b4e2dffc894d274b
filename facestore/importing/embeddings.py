"""Vectors that others made: `.npz`, clip-retrieval's `.npy` with metadata, Parquet."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.encoders.names import model_name
from facestore.errors import OtherValuesError, TableError, counted, preview
from facestore.importing.targets import ImportSummary, Target, imported_encoder, importing
from facestore.names import FILE_COLUMNS
from facestore.numbers import POSITIVE, check_number
from facestore.recorded_vectors import add_vectors
from facestore.records import AnyPath, EmbeddingBatch, Float32
from facestore.stores import Stores
from facestore.tables import check_rows, refusing
from facestore.unit_rows import UNIT_TOLERANCE, kept_or_unit_rows
from facestore.vector_table import VectorTable

_COMPARED_AT_ONCE = 8192
_MANY_BYTES, _MAX_RATIO = 1024**3, 50
_NAME_COLUMNS = (*FILE_COLUMNS, "files", "key", "url")
_VECTOR_COLUMNS = ("emb", "vector", "embedding", "img_emb", "image_embedding", "vectors")
_TEXT_COLUMNS = ("prompt", "prompts", "text", "caption", "words")
_TEXT_VECTOR_COLUMNS = ("text_emb", "text", *_VECTOR_COLUMNS)


@dataclass(frozen=True)
class ImportedVectors:
    """Unit vectors by file name, and the type they were stored in."""

    batch: EmbeddingBatch
    dtype: str


@dataclass(frozen=True)
class TextSource:
    """A file of text vectors, and where in it they are."""

    path: Path
    prompts_key: str | None = None
    vectors_key: str | None = None
    template: str = "{}"


def import_embeddings(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str,
    model: str,
    split: str | None = None,
    create_samples: bool = False,
    names_key: str | None = None,
    vectors_key: str | None = None,
    metadata: AnyPath | None = None,
    text: TextSource | None = None,
    logit_scale: float | None = None,
) -> ImportSummary:
    """Import image vectors, and the vectors of prompts beside them, as an encoder of its own.

    Parameters
    ----------
    path, names_key, vectors_key, metadata
        The file and where in it names and vectors are, as `read_image_vectors` takes them.
    dataset, split, create_samples
        As for `import_labels`.
    model
        The model that was used, as `ARCHITECTURE,PRETRAINED`.
    text
        Where its text vectors are.
    logit_scale
        The model's factor from cosine to logit.

    Raises
    ------
    TableError
        If a file is refused, or names unknown files and no samples may be made.
    OtherValuesError
        If the encoder has other vectors of some of the images or prompts.
    """
    check_number("logit_scale", logit_scale, POSITIVE)
    path, name = Path(path), model_name(model)
    images = read_image_vectors(
        path,
        names_key=names_key,
        vectors_key=vectors_key,
        metadata=None if metadata is None else Path(metadata),
    )
    texts = None if text is None else _text_vectors_of(text, images)
    target = Target(dataset, split, create_samples)
    with importing(store, "embeddings", path, target, images.batch.keys, model=asdict(name)) as run:
        run.create_samples()
        encoder = imported_encoder(
            store,
            name,
            dim=images.batch.vectors.shape[1],
            precision=_precision(images.dtype),
            logit_scale=logit_scale,
        )
        keyed, named = _keyed_by_content(store, path, dataset, images.batch, run.path_of)
        identity = asdict(encoder.record)
        pictures = store.vectors.images(encoder.vectors, identity)
        sentences = store.vectors.texts(encoder.vectors, identity)
        pictures.mend()  # what a power cut left unreadable is put aside before it is compared
        sentences.mend()
        # Both before anything is added: Lance has no transaction that could be taken back.
        _refuse_others(encoder, "vectors", [named[key] for key in _others(pictures, keyed)])
        if texts is not None:
            _refuse_others(encoder, "text vectors", _others(sentences, texts.batch), "prompts")
        n_new = add_vectors(store, encoder, pictures, keyed)
        n_texts = (
            0 if texts is None else add_vectors(store, encoder, sentences, texts.batch, "texts")
        )
        run.counts.update(
            {"n_samples_new": run.n_created, "n_vectors": n_new, "n_text_vectors": n_texts}
        )
    notes = [f"encoder {encoder.name!r}", counted(n_texts, "text vector")]
    return run.summary("vectors", n_rows=len(images.batch.keys), n_new=n_new, notes=notes)


def _others(table: VectorTable, batch: EmbeddingBatch) -> list[str]:
    """Return the keys that have another vector in a table, beyond rounding to float16."""
    if table.width() not in (None, batch.vectors.shape[1]):
        return list(batch.keys)
    found = []
    for start in range(0, len(batch.keys), _COMPARED_AT_ONCE):
        keys = batch.keys[start : start + _COMPARED_AT_ONCE]
        known = table.get(keys)
        for key, vector in zip(keys, batch.vectors[start:], strict=False):
            if key in known and np.abs(known[key] - vector).max() > UNIT_TOLERANCE:
                found.append(key)
    return found


def _refuse_others(
    encoder: StoredEncoder, what: str, names: Sequence[str], of: str = "samples"
) -> None:
    if names:
        todo = "Give the new ones another `model=` name."
        raise OtherValuesError(f"Encoder {encoder.name!r}", what, names, todo, of=of)


def _text_vectors_of(text: TextSource, images: ImportedVectors) -> ImportedVectors:
    texts = read_text_vectors(
        text.path,
        prompts_key=text.prompts_key,
        vectors_key=text.vectors_key,
        template=text.template,
    )
    wide, expected = texts.batch.vectors.shape[1], images.batch.vectors.shape[1]
    if wide != expected:
        problem = f"text vectors have {wide} values, image vectors {expected}"
        raise TableError(text.path, problem, "Give both of the same model.")
    return texts


def _keyed_by_content(
    store: Stores, path: Path, dataset: str, batch: EmbeddingBatch, path_of: Mapping[str, str]
) -> tuple[EmbeddingBatch, dict[str, str]]:
    """Return vectors under the content of their samples, and the first name of each content."""
    key_of = store.catalog.similarities.vector_keys(dataset)
    first: dict[str, int] = {}
    for i, name in enumerate(batch.keys):
        j = first.setdefault(key_of[path_of[name]], i)
        if not _are_same(batch.vectors[i], batch.vectors[j]):
            problem = f"{batch.keys[j]!r} and {name!r} are one image, and have different vectors"
            raise TableError(path, problem, "Remove one of them.")
    vectors = np.ascontiguousarray(batch.vectors[list(first.values())])
    named = {key: batch.keys[i] for key, i in first.items()}
    return EmbeddingBatch(tuple(first), vectors), named


def _precision(dtype: str) -> str:
    return {"float16": "fp16", "float32": "fp32", "float64": "fp64"}.get(dtype, dtype)


def read_image_vectors(
    path: Path,
    *,
    names_key: str | None = None,
    vectors_key: str | None = None,
    metadata: Path | None = None,
) -> ImportedVectors:
    """Read image vectors by file name.

    Parameters
    ----------
    path
        `.npz` with names and vectors, `.parquet` with a name and a vector column, or `.npy` with
        `metadata`.
    names_key, vectors_key
        Keys or columns; by default the first of the usual ones.
    metadata
        Parquet with the names of the rows of a `.npy` file, as clip-retrieval writes it.

    Raises
    ------
    TableError
        If something is missing, lengths differ, a name occurs twice with different vectors, or a
        vector is zero or not a number.
    """
    with refusing(path, "vectors"):
        tables = _open(path, metadata)
        names = _pick(path, tables, names_key, _NAME_COLUMNS, "file names")
        vectors = _pick(path, tables, vectors_key, _VECTOR_COLUMNS, "vectors")
        return _checked(path, names, vectors)


def read_text_vectors(
    path: Path,
    *,
    prompts_key: str | None = None,
    vectors_key: str | None = None,
    template: str = "{}",
) -> ImportedVectors:
    """Read text vectors by prompt.

    Parameters
    ----------
    path
        `.npz` or `.parquet`, as for images.
    prompts_key, vectors_key
        Keys or columns; by default the first of the usual ones.
    template
        Puts a word into its prompt, such as `a photo of a {}`.

    Raises
    ------
    TableError
        As `read_image_vectors`.
    """
    if "{}" not in template:
        problem = f"the text template {template!r} has no {{}}"
        raise TableError(path, problem, "Expected something like 'a photo of a {}'.")
    with refusing(path, "vectors"):
        tables = _open(path, None)
        texts = _pick(path, tables, prompts_key, _TEXT_COLUMNS, "prompts")
        vectors = _pick(path, tables, vectors_key, _TEXT_VECTOR_COLUMNS, "text vectors")
        if any(not str(text).strip() for text in texts):
            raise TableError(path, "a prompt is blank", "Give every text vector its text.")
        prompts = np.asarray([template.replace("{}", str(text)) for text in texts])
        return _checked(path, prompts, vectors)


def _open(path: Path, metadata: Path | None) -> Mapping[str, npt.NDArray[Any]]:
    """Read a file into named arrays."""
    if path.suffix == ".npz":
        _refuse_bomb(path)
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            return {key: content[key] for key in content.files}
    if path.suffix == ".npy":
        if metadata is None:
            todo = "Give the names as `metadata=FILE.parquet`."
            raise TableError(path, "a .npy file has no file names", todo)
        # Of a file that is none NumPy leaves closing to the garbage collector.
        with path.open("rb") as file:
            return _columns(metadata) | {"emb": np.load(file, allow_pickle=False)}
    if path.suffix == ".parquet":
        return _columns(path)
    raise TableError(path, f"unknown suffix {path.suffix!r}", "Expected .npz, .npy or .parquet.")


def _refuse_bomb(path: Path) -> None:
    """Refuse an archive that is far larger than its file before anything is unpacked."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > max(_MANY_BYTES, _MAX_RATIO * path.stat().st_size):
        problem = f"{counted(path.stat().st_size, 'byte')} would become {unpacked:,}"
        raise TableError(path, problem, "Vectors do not compress so well: check the file.")


def _columns(path: Path) -> dict[str, npt.NDArray[Any]]:
    table = pl.read_parquet(path)
    check_rows(path, table)
    columns = {}
    for name, series in table.to_dict().items():
        if isinstance(series.dtype, pl.List | pl.Array):
            lengths = series.list.len() if isinstance(series.dtype, pl.List) else None
            if lengths is not None and lengths.n_unique() != 1:
                continue
            columns[name] = np.asarray(series.to_list(), dtype=np.float32)
        else:
            columns[name] = series.to_numpy()
    return columns


def _pick(
    path: Path,
    tables: Mapping[str, npt.NDArray[Any]],
    key: str | None,
    usual: tuple[str, ...],
    what: str,
) -> npt.NDArray[Any]:
    wanted = [key] if key else usual
    n_dimensions = 2 if "vectors" in what else 1
    for each in wanted:
        if each in tables and tables[each].ndim == n_dimensions:
            return tables[each]
    problem = f"no {what} under {preview(map(repr, wanted), 8)}"
    raise TableError(path, problem, f"It has {', '.join(sorted(tables))}: name the right one.")


def _checked(path: Path, names: npt.NDArray[Any], vectors: npt.NDArray[Any]) -> ImportedVectors:
    if len(names) != len(vectors) or not len(names):
        problem = f"{counted(len(names), 'name')} for {counted(len(vectors), 'vector')}"
        raise TableError(path, problem, "Expected one name a vector.")
    try:
        units = kept_or_unit_rows(vectors)
    except (ValueError, TypeError) as error:
        raise TableError(path, f"a vector cannot be used: {error}", "Remove it.") from error
    keys, rows = _without_repeats(path, [str(name) for name in names], units)
    return ImportedVectors(EmbeddingBatch(tuple(keys), rows), str(vectors.dtype))


def _without_repeats(path: Path, names: list[str], vectors: Float32) -> tuple[list[str], Float32]:
    """Keep the first of equal rows; refuse different vectors under one name."""
    first: dict[str, int] = {}
    for i, name in enumerate(names):
        j = first.setdefault(name, i)
        if not _are_same(vectors[i], vectors[j]):
            raise TableError(path, f"{name!r} has two different vectors", "Remove one of them.")
    return list(first), vectors[list(first.values())]


def _are_same(one: Float32, other: Float32) -> bool:
    return bool(np.allclose(one, other, rtol=0, atol=UNIT_TOLERANCE))
