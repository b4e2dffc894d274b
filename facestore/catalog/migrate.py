"""Numbered SQL migrations: which are pending, and how they are applied.

A migration is a file `NNNN_what_it_does.sql`. It runs in one transaction together with its
record in `schema_migrations`, so that a killed run leaves the store at a whole version. Its
SHA-256 is kept: a file that was edited after it ran is refused.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from facestore.connections import transaction
from facestore.errors import MigrationError, StoreTooNewError

_FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")

_RECORD_TABLE = """
create table if not exists schema_migrations (
    version integer primary key,
    name varchar not null,
    checksum varchar not null,
    applied_at timestamp not null
)
"""


@dataclass(frozen=True)
class Migration:
    """One migration file."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 (hex) of the file's text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def load_migrations(folder: Path) -> list[Migration]:
    """Read the migrations of a folder, in order.

    Raises
    ------
    MigrationError
        If a file is not named `NNNN_name.sql`, or the numbers are not 1, 2, 3 ... without gaps.
    """
    migrations = []
    for path in sorted(folder.glob("*.sql")):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            message = (
                f"Migration '{path.name}' is not named like 0001_create_tables.sql: rename it."
            )
            raise MigrationError(message)
        migrations.append(Migration(int(match[1]), path.stem, path.read_text(encoding="utf-8")))
    versions = [migration.version for migration in migrations]
    if versions != list(range(1, len(versions) + 1)):
        message = (
            f"Migrations are numbered {versions}, but 1 to {len(versions)} without gaps or "
            "repeats was expected: renumber the newest."
        )
        raise MigrationError(message)
    return migrations


def pending(con: duckdb.DuckDBPyConnection, migrations: list[Migration]) -> list[Migration]:
    """Return the migrations that a database still needs; check those that it has.

    Raises
    ------
    StoreTooNewError
        If the database has a version that is not among `migrations`.
    MigrationError
        If a file was edited after it ran.
    """
    applied = _applied(con)
    newest = max(applied, default=0)
    if newest > len(migrations):
        raise StoreTooNewError(found=newest, known=len(migrations))
    for migration in migrations[:newest]:
        if applied.get(migration.version) != migration.checksum:
            message = (
                f"Migration {migration.name} is not the one that this store ran (its text or its "
                "record changed): restore the file, and put the change into a new migration."
            )
            raise MigrationError(message)
    return migrations[newest:]


def migrate(
    con: duckdb.DuckDBPyConnection,
    migrations: list[Migration],
    *,
    stop_before: int | None = None,
) -> list[str]:
    """Apply the pending migrations, each in a transaction with its record.

    Parameters
    ----------
    con
        A connection for writing, outside a transaction.
    migrations
        As `load_migrations` gives them.
    stop_before
        Leave this version and later ones out, so that tests can reach old states.

    Returns
    -------
    list of str
        Names of the migrations applied.
    """
    applied = []
    for migration in pending(con, migrations):
        if stop_before is not None and migration.version >= stop_before:
            break
        with transaction(con):
            con.execute(_RECORD_TABLE)
            con.execute(migration.sql)
            # a cast of now() would give the time of the machine's zone
            con.execute(
                "insert into schema_migrations values (?, ?, ?, make_timestamp(epoch_us(now())))",
                [migration.version, migration.name, migration.checksum],
            )
        applied.append(migration.name)
    return applied


def _applied(con: duckdb.DuckDBPyConnection) -> dict[int, str]:
    has_table = con.execute(
        "select count(*) from duckdb_tables() where table_name = 'schema_migrations'"
    ).fetchone()
    if has_table == (0,):
        return {}
    return dict(con.execute("select version, checksum from schema_migrations").fetchall())
