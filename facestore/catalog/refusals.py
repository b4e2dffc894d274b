"""What was forgotten on request and is not taken in again: digests by a key of the store.

A digest says nothing to who has not what it is of. Who has the store and a picture, or guesses a
name, can find out whether that was forgotten here; nobody can read what was.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from facestore.catalog.database import TableFamily


@dataclass(frozen=True)
class Refused:
    """What is not taken in again.

    Attributes
    ----------
    key
        Of the digests; empty where there are none.
    digests
        All of them.
    former
        Data set -> what it, or one that went into it, was called before.
    """

    key: bytes = b""
    digests: frozenset[str] = frozenset()
    former: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.digests)

    def has_content(self, image_id: str | None) -> bool:
        """Whether a picture was forgotten."""
        return bool(self) and image_id is not None and self.of_content(image_id) in self.digests

    def has_name(self, dataset: str, path: str) -> bool:
        """Whether a sample of this name was forgotten, in any Unicode form of it."""
        forms = {path, *(unicodedata.normalize(form, path) for form in ("NFC", "NFD"))}
        names = {dataset, *self.former.get(dataset, ())}
        return bool(self) and any(
            self.of_name(name, form) in self.digests for name in names for form in forms
        )

    def of_content(self, image_id: str) -> str:
        """Return the digest of a content."""
        return self._digest(f"content\0{image_id}")

    def of_name(self, dataset: str, path: str) -> str:
        """Return the digest of a name."""
        return self._digest(f"name\0{dataset}\0{path}")

    def _digest(self, text: str) -> str:
        return hmac.digest(self.key, text.encode("utf-8", "surrogateescape"), "sha256").hex()


class Refusals(TableFamily):
    """What was forgotten."""

    def load(self) -> Refused:
        """Return what is not taken in again; nothing where there is no store."""
        if not self._database.exists:
            return Refused()
        return _load(self._database.reader())

    def add(self, contents: Iterable[str], names: Iterable[tuple[str, str]]) -> None:
        """Refuse contents, and names (data set, path), from now on."""
        with self._database.writing() as con:
            con.execute(
                "insert into forgotten_key select ? where not exists (from forgotten_key)",
                [secrets.token_hex(32)],
            )
            refused = _load(con)
            rows = [(refused.of_content(each), "content") for each in contents]
            rows += [(refused.of_name(*each), "name") for each in names]
            # In an order that tells nothing of who came with whom.
            rows.sort()
            table = {"digest": [d for d, _ in rows], "kind": [k for _, k in rows]}
            con.register("incoming", pa.table(table, _SCHEMA))
            con.execute("insert into forgotten select * from incoming on conflict do nothing")
            con.unregister("incoming")

    def lift(self, contents: Collection[str], names: Iterable[tuple[str, str]]) -> int:
        """Refuse contents and names no longer; return how many digests that were."""
        if not (refused := self.load()):
            return 0
        digests = {refused.of_content(each) for each in contents}
        digests |= {refused.of_name(*each) for each in names}
        if not (known := sorted(digests & refused.digests)):
            return 0
        with self._database.writing() as con:
            con.execute("delete from forgotten where list_contains(?, digest)", [known])
        return len(known)


# Digests have the name that a data set had at that time.
_RENAMED = """
select arguments ->> 'dataset', arguments ->> 'into'
from runs
where command in ('rename dataset', 'merge dataset') and outcome = 'done'
order by run_id
"""
_SCHEMA = pa.schema([("digest", pa.string()), ("kind", pa.string())])


def _load(con: duckdb.DuckDBPyConnection) -> Refused:
    key = con.execute("select key from forgotten_key").fetchall()
    if not key:
        return Refused()
    rows = con.execute("select digest from forgotten").fetchall()
    former: dict[str, frozenset[str]] = {}
    for old, new in con.execute(_RENAMED).fetchall():
        former[new] = former.get(new, frozenset()) | {old} | former.get(old, frozenset())
    digests = frozenset(digest for (digest,) in rows)
    return Refused(bytes.fromhex(key[0][0]), digests, former)
