"""Index: over the image vectors of an encoder, built and dropped."""

from dataclasses import dataclass
from secrets import token_hex

from facestore.catalog.vector_indexes import StoredIndex
from facestore.certificates import index_of
from facestore.errors import InputError, NoVectorsError, UnknownChoiceError, counted
from facestore.recorded_vectors import checked_images, encoder_with_images
from facestore.stores import Stores, recorded
from facestore.vector_index import RQ_DIVISOR, IndexKind, IndexPlan

KINDS: dict[str, IndexKind] = {"ivf_rq": "IVF_RQ", "ivf_pq": "IVF_PQ"}
# Vectors in a partition, on average, where nobody says otherwise.
_ROWS_A_PARTITION = 4096
_FEWEST_PARTITIONS = 16
# What k-means and the code book of IVF_PQ look at.
_SAMPLES_A_PARTITION, _CODES = 64, 256
_DEFAULT_BITS, _MOST_BITS = 1, 8
# Of IVF_PQ: values that share a byte.
_VALUES_A_BYTE = 8


@dataclass(frozen=True)
class IndexSummary:
    """An index that was built.

    Attributes
    ----------
    encoder
        Whose image vectors it is over.
    kind, parameters
        What it is.
    n_vectors
        How many it has.
    cpu_seconds
        What building took, over all cores.
    """

    encoder: str
    kind: IndexKind
    parameters: dict[str, int]
    n_vectors: int
    cpu_seconds: float


def build_index(
    store: Stores,
    *,
    model: str | None = None,
    kind: str = "ivf_rq",
    partitions: int | None = None,
    bits: int | None = None,
    sub_vectors: int | None = None,
) -> IndexSummary:
    """Build an index over the image vectors of an encoder, in place of the one it has.

    It is asked by nobody before `certify_index` has compared it with exact answers.

    Parameters
    ----------
    model
        The encoder, as `score` takes it.
    kind
        `ivf_rq` or `ivf_pq`.
    partitions
        Parts that the vectors are divided into; one for each 4,096 vectors if left out, 16 or
        more.
    bits
        Of `ivf_rq`: bits that are kept of each value, 1 to 8; 1 if left out.
    sub_vectors
        Of `ivf_pq`: bytes that are kept of each vector; one for each 8 values if left out.

    Raises
    ------
    NoVectorsError
        If the encoder has no image vectors.
    InputError
        If it has too few of them, or the parameters do not fit its vectors.
    UnknownChoiceError
        If there is no such kind.
    """
    encoder = encoder_with_images(store, model)
    table = checked_images(store, encoder)
    n_vectors, width = table.count(), table.width()
    if not n_vectors or width is None:
        raise NoVectorsError(encoder.name, encoder.record.architecture)
    plan = _plan(n_vectors, width, kind, partitions, bits, sub_vectors)
    _check_size(plan, n_vectors)
    arguments = {"encoder": encoder.name, "kind": plan.kind, **plan.parameters}
    index, name = index_of(store, encoder), f"facestore_{plan.kind.lower()}_{token_hex(4)}"
    with recorded(store, "index build", arguments) as counts:
        # Whoever is killed from here on leaves an index that nobody asks.
        store.catalog.vector_indexes.forget(encoder.encoder_id)
        title = f"Building {plan.kind} over {counted(n_vectors, 'vector')}"
        with store.progress.task(title, 1) as task:
            seconds = index.build(plan, name)
            task.advance()
        state = index.state(name)
        n_indexed = n_vectors if state is None else state.n_rows - state.n_unindexed
        built = StoredIndex(
            encoder.encoder_id, name, plan.kind, plan.parameters, n_indexed, seconds
        )
        store.catalog.vector_indexes.built(built)
        counts["n_vectors"] = n_indexed
    return IndexSummary(encoder.name, plan.kind, plan.parameters, n_indexed, seconds)


def drop_index(store: Stores, *, model: str | None = None) -> bool:
    """Drop the index of an encoder, and its certificates; return whether there was one.

    Parameters
    ----------
    model
        The encoder, as `score` takes it.
    """
    encoder = encoder_with_images(store, model)
    index, is_known = index_of(store, encoder), store.catalog.vector_indexes.of(encoder.encoder_id)
    if is_known is None and not index.names():
        return False
    with recorded(store, "index drop", {"encoder": encoder.name}) as counts:
        store.catalog.vector_indexes.forget(encoder.encoder_id)
        index.drop()
        counts["n_indexes"] = 1
    return True


def _plan(
    n_vectors: int,
    width: int,
    kind: str,
    partitions: int | None,
    bits: int | None,
    sub_vectors: int | None,
) -> IndexPlan:
    """Return how an index is made of what a user said."""
    if (of_kind := KINDS.get(kind.lower().replace("-", "_"))) is None:
        raise UnknownChoiceError("kind of index", kind, list(KINDS))
    if partitions is None:
        partitions = max(_FEWEST_PARTITIONS, n_vectors // _ROWS_A_PARTITION)
    if partitions < 1:
        message = f"`partitions={partitions}`: expected a whole number of at least 1."
        raise InputError(message)
    if of_kind == "IVF_RQ":
        return _rq_plan(width, partitions, bits, sub_vectors)
    return _pq_plan(width, partitions, bits, sub_vectors)


def _rq_plan(width: int, partitions: int, bits: int | None, sub_vectors: int | None) -> IndexPlan:
    if sub_vectors is not None:
        message = "`sub_vectors=` is of `kind=ivf_pq`: leave it out, or give that kind."
        raise InputError(message)
    if width % RQ_DIVISOR:
        message = (
            f"Vectors of {width} values fit no ivf_rq, which takes multiples of {RQ_DIVISOR}: "
            "give `kind=ivf_pq`."
        )
        raise InputError(message)
    bits = _DEFAULT_BITS if bits is None else bits
    if not 1 <= bits <= _MOST_BITS:
        message = f"`bits={bits}`: expected a whole number from 1 to {_MOST_BITS}."
        raise InputError(message)
    return IndexPlan("IVF_RQ", partitions, bits=bits)


def _pq_plan(width: int, partitions: int, bits: int | None, sub_vectors: int | None) -> IndexPlan:
    if bits is not None:
        message = "`bits=` is of `kind=ivf_rq`: leave it out, or give that kind."
        raise InputError(message)
    if sub_vectors is None:
        most = max(1, width // _VALUES_A_BYTE)
        sub_vectors = next(n for n in range(most, 0, -1) if width % n == 0)
    if not 1 <= sub_vectors <= width or width % sub_vectors:
        message = (
            f"`sub_vectors={sub_vectors}`: expected a number that divides the {width} values of a "
            "vector."
        )
        raise InputError(message)
    return IndexPlan("IVF_PQ", partitions, sub_vectors=sub_vectors)


def _check_size(plan: IndexPlan, n_vectors: int) -> None:
    """Refuse an index over so few vectors that their partitions could not be placed."""
    n_needed = _SAMPLES_A_PARTITION * plan.partitions
    if plan.kind == "IVF_PQ":
        n_needed = max(n_needed, _CODES)
    if n_vectors < n_needed:
        message = (
            f"{counted(n_vectors, 'vector')} are too few for {plan.kind} with "
            f"{counted(plan.partitions, 'partition')}: {n_needed:,} would do. Search exactly, "
            "which is quick with so few."
        )
        raise InputError(message)
