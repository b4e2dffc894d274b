"""What was forgotten on request and is not taken in again: digests by a key of the store.

A digest says nothing to who has not what it is of. Who has the store and a picture, or guesses a
name, can find out whether that was forgotten here; nobody can read what was.
"""

import hmac
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass

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
    """

    key: bytes = b""
    digests: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.digests)

    def has_content(self, image_id: str | None) -> bool:
        """Whether a picture was forgotten."""
        return bool(self) and image_id is not None and self.of_content(image_id) in self.digests

    def has_name(self, dataset: str, path: str) -> bool:
        """Whether a sample of this name was forgotten."""
        return bool(self) and self.of_name(dataset, path) in self.digests

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


_SCHEMA = pa.schema([("digest", pa.string()), ("kind", pa.string())])


def _load(con: duckdb.DuckDBPyConnection) -> Refused:
    key = con.execute("select key from forgotten_key").fetchall()
    if not key:
        return Refused()
    rows = con.execute("select digest from forgotten").fetchall()
    return Refused(bytes.fromhex(key[0][0]), frozenset(digest for (digest,) in rows))
