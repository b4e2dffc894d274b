"""Doctor: run the audits of both halves of a store, and repair what is safe."""

from functools import cache

from facestore.catalog import definitions
from facestore.catalog.audit_files import Finding
from facestore.catalog.audits import load
from facestore.errors import UnknownChoiceError
from facestore.recorded_vectors import record_all
from facestore.stores import Stores, recorded
from facestore.upkeep import catalogue_file, deep_audits
from facestore.upkeep.vector_audits import DEEP_NAMES, NAMES, VectorAudit, unopened

_VECTORS = "vectors/"


def doctor(
    store: Stores, name: str | None = None, *, deep: bool = False, n_examples: int = 5
) -> list[Finding]:
    """Check that the store is as it must be; nothing is written.

    What is damaged is told, and does not keep the other audits from being run.

    Parameters
    ----------
    name
        One audit, or a table or view: all audits of it. None: all.
    deep
        Read every vector, and compute again what follows from them.
    n_examples
        How many bad rows of each audit are kept.

    Returns
    -------
    list of Finding
        One an audit; its `status` is `ok`, `note` (worth knowing) or `failed`.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    UnknownChoiceError
        If there is no such audit.
    """
    if (broken := catalogue_file.broken(store)) is not None:
        return [broken, unopened(store, n_examples)]
    if store.catalog.database.is_altered():
        store.notify("The other audits were not run: they would run what another program changed.")
        return list(store.catalog.audits.run_on_altered(n_examples))
    everything = load(cache(definitions.read))
    chosen = [each for each in everything if name in (None, each.name, *each.about)]
    deep = deep or name in (*DEEP_NAMES, *deep_audits.NAMES, catalogue_file.BLOCKS_NAME)
    wants_vectors = name in (None, _VECTORS, *NAMES)
    wants_computed = deep and name in (None, *deep_audits.ABOUT, *deep_audits.NAMES)
    wants_file = name in (None, *catalogue_file.NAMES, *catalogue_file.ABOUT)
    if not (chosen or wants_vectors or wants_computed or wants_file):
        outside = (*catalogue_file.NAMES, *NAMES, *deep_audits.NAMES)
        known = [*outside, *(each.name for each in everything)]
        raise UnknownChoiceError("audit", name or "", known, "`facestore doctor` shows all.")
    findings = []
    if wants_file:
        findings += [catalogue_file.log_finding(store), catalogue_file.removal_finding(store)]
    if wants_file and deep:
        findings.append(catalogue_file.blocks_finding(store))
    n_parts = len(chosen) + wants_vectors + wants_computed
    with store.progress.task("Examining", n_parts) as task:
        for finding in store.catalog.audits.run(chosen, n_examples):
            findings.append(finding)
            task.advance()
        if wants_vectors:
            findings += VectorAudit(store, n_examples, deep=deep).findings()
            task.advance()
        if wants_computed:
            findings += deep_audits.deep_findings(store, n_examples)
            task.advance()
    return [each for each in findings if name in (None, each.name, *each.about)]


def repair(store: Stores) -> dict[str, int]:
    """Delete exact repeats and rows that nothing reads; record vectors that have no checksum.

    Returns
    -------
    dict of str to int
        How many, by what they were.

    Of tables of vectors, newest versions that cannot be read are put aside first; `store.notify`
    is given a line for each table.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    VectorsUnreadableError
        If vectors cannot be read for a reason that has nothing to do with their files.
    """
    store.catalog.database.reader()  # writing would make one
    with recorded(store, "doctor", {"repair": True}) as counts:
        n_mended = len(store.vectors.mend())
        counts.update(store.catalog.repairs.run())
        counts["data sets and classifiers counted again"] = store.catalog.counts.renew()
        n_recorded = sum(record_all(store, each) for each in store.catalog.encoders.all())
        counts["vectors recorded as they are"] = n_recorded
        counts["tables of vectors mended"] = n_mended
    return counts
