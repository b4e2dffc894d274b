"""Doctor: run the audits of both halves of a store, and repair what is safe."""

from facestore.catalog.audit_files import Finding
from facestore.catalog.audits import load
from facestore.errors import UnknownNameError
from facestore.stores import Stores, recorded
from facestore.upkeep.vector_audits import NAMES, vector_findings

_VECTORS = "vectors/"


def doctor(store: Stores, name: str | None = None, *, n_examples: int = 5) -> list[Finding]:
    """Check that the store is as it must be; nothing is written.

    Parameters
    ----------
    name
        One audit, or a table or view: all audits of it. None: all.
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
    UnknownNameError
        If there is no such audit.
    """
    if store.catalog.database.is_altered():
        store.notify("The other audits were not run: they would run what another program changed.")
        return list(store.catalog.audits.run_on_altered(n_examples))
    everything = load()
    chosen = [each for each in everything if name in (None, each.name, *each.about)]
    wants_vectors = name in (None, _VECTORS, *NAMES)
    if not chosen and not wants_vectors:
        known = [*NAMES, *(each.name for each in everything)]
        raise UnknownNameError("audit", name or "", known, "`facestore doctor` shows all.")
    findings = []
    with store.progress.task("Examining", len(chosen) + wants_vectors) as task:
        for finding in store.catalog.audits.run(chosen, n_examples):
            findings.append(finding)
            task.advance()
        if wants_vectors:
            found = vector_findings(store, n_examples)
            findings += [each for each in found if name in (None, _VECTORS, each.name)]
            task.advance()
    return findings


def repair(store: Stores) -> dict[str, int]:
    """Delete exact repeats and rows that nothing reads; return how many, by what they were.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    """
    store.catalog.database.reader()  # writing would make one
    with recorded(store, "doctor", {"repair": True}) as counts:
        counts.update(store.catalog.repairs.run())
    return counts
