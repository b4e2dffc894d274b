"""Whether an index may be asked: its certificate, and whether that still holds of the vectors.

Lance alone knows which vectors and which index there are, DuckDB what was certified. A certificate
holds while the index is the one that was certified, no vector is gone, no more came than it allows
for, and none of a data set that was not asked.
"""

from shlex import quote

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.vector_indexes import (
    QUERY_KINDS,
    Certificate,
    QueryKind,
    StoredIndex,
)
from facestore.errors import NoCertificateError, counted, preview
from facestore.recorded_vectors import table_of
from facestore.stores import Stores
from facestore.vector_index import VectorIndex

_NEVER = "its index was not compared with exact answers for images"


def index_of(store: Stores, encoder: StoredEncoder) -> VectorIndex:
    """Return the index over the image vectors of an encoder, whether or not there is one."""
    return VectorIndex(table_of(store, encoder, "images"))


def build_command(encoder: str, like: StoredIndex | None = None) -> str:
    """Return the command that builds the index of an encoder, in backquotes.

    Parameters
    ----------
    encoder
        Its name.
    like
        One that is to be built as it was; None: with the usual parameters.
    """
    given = {} if like is None else {"kind": like.kind.lower(), **like.parameters}
    words = [f"{name}={value}" for name, value in given.items()]
    return f"`{' '.join(['facestore index build', f'model={quote(encoder)}', *words])}`"


def certify_command(encoder: str, more: str = "") -> str:
    """Return the command that certifies the index of an encoder, in backquotes."""
    return f"`facestore index certify model={quote(encoder)}{more and f' {more}'}`"


def valid_certificate(
    store: Stores, encoder: StoredEncoder, kind: QueryKind, k: int | None = None
) -> Certificate:
    """Return the certificate that an index may be asked by.

    Parameters
    ----------
    store, encoder, kind
        The store, the encoder, and what is asked: images or texts.
    k
        How many nearest are wanted; None: as many as were certified.

    Raises
    ------
    NoCertificateError
        If there is none, or it does not hold any more.
    """
    certify = certify_command(encoder.name)
    known = store.catalog.vector_indexes.of(encoder.encoder_id)
    build = f"{build_command(encoder.name, known)}, then {certify}"
    if known is None:
        raise NoCertificateError(encoder.name, "it has no index", build)
    if (problem := index_problem(store, encoder, known)) is not None:
        raise NoCertificateError(encoder.name, problem, build)
    certificate = store.catalog.vector_indexes.certificate(encoder.encoder_id, kind)
    if certificate is None:
        if kind == "texts":
            certify = f"{certify_command(encoder.name, 'queries=FILE')}, with texts, one a line"
        problem = f"its index was not compared with exact answers for {kind}"
        raise NoCertificateError(encoder.name, problem, certify)
    if (problem := certificate_problem(store, encoder, known, certificate)) is not None:
        raise NoCertificateError(encoder.name, problem, certify)
    if k is not None and k > certificate.k:
        problem = f"its certificate is of the {certificate.k} nearest, and {k} are asked for"
        raise NoCertificateError(encoder.name, problem, certify_command(encoder.name, f"k={k}"))
    return certificate


def index_problem(store: Stores, encoder: StoredEncoder, known: StoredIndex) -> str | None:
    """Say why an index that was built is not there any more."""
    if index_of(store, encoder).state(known.name) is not None:
        return None
    return "its index is gone, as the table was written anew or copied"


def certificate_problem(
    store: Stores, encoder: StoredEncoder, known: StoredIndex, certificate: Certificate
) -> str | None:
    """Say why a certificate does not hold any more; None: it holds."""
    index = index_of(store, encoder)
    state = index.state(known.name)
    if state is None:
        return index_problem(store, encoder, known)
    if state.n_rows < certificate.n_rows or state.version < certificate.table_version:
        return (
            f"vectors are gone: there were {certificate.n_rows:,} when it was certified, and "
            f"there are {state.n_rows:,}"
        )
    if state.n_rows > certificate.max_rows:
        return (
            f"its certificate of {counted(certificate.n_rows, 'vector')} allows for "
            f"{certificate.max_rows:,}, and there are {state.n_rows:,}"
        )
    if state.n_rows == certificate.n_rows:
        return None
    found = store.catalog.vector_indexes.strangers(
        encoder.encoder_id, lambda: index.keys_from(certificate.n_rows)
    )
    if not found:
        return None
    return (
        f"vectors came since of data set {preview(found)}, of which no image was asked when it "
        "was certified"
    )


def index_problems(store: Stores, encoder: StoredEncoder) -> list[tuple[QueryKind, str]]:
    """Return what keeps an index of an encoder from being asked: which queries, and why."""
    known = store.catalog.vector_indexes.of(encoder.encoder_id)
    if known is None:
        names = index_of(store, encoder).names()
        return (
            [("images", f"its table has an index that nobody certified: {preview(names)}")]
            if names
            else []
        )
    if (gone := index_problem(store, encoder, known)) is not None:
        return [("images", gone)]
    found: list[tuple[QueryKind, str]] = []
    for kind in QUERY_KINDS:
        certificate = store.catalog.vector_indexes.certificate(encoder.encoder_id, kind)
        if certificate is not None:
            problem = certificate_problem(store, encoder, known, certificate)
        else:
            problem = _NEVER if kind == "images" else None
        if problem is not None:
            found.append((kind, problem))
    return found


def bound_line(certificate: Certificate) -> str:
    """Return what a certificate promises, in one line."""
    asked = f"{counted(certificate.n_queries, 'query')} of {certificate.query_kind}"
    return (
        f"by the index: at least {certificate.recall_at_least:.4f} of the {certificate.k} nearest "
        f"are found (95 % sure, {asked}; all {certificate.k} for at least "
        f"{certificate.all_found_at_least:.4f} of queries)"
    )
