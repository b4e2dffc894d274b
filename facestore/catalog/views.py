"""The views and macros of `sql/`: read, put in order of dependency, created and commented.

A file `sql/<topic>/<name>.sql` starts with a header and holds one bare select::

    -- accuracy_by_group: share of right predictions within each group of samples
    -- grain: classifier, dataset, split, group
    -- units: accuracy, ci_low and ci_high are fractions in [0, 1]
    -- reads: judged_predictions, sample_groups
    select ...

A name with parameters, `-- zero_shot_topk(k): ...`, makes a table macro, or a scalar one where the
grain is `scalar` and the select is one expression without a `from`. The order is found by
parsing on an empty connection: on the store itself DuckDB sees through a view to its tables, and a
second run would lose the order. That takes longer than all else of opening a store, so it is done
only where something is to be created, and once in a process for the same texts.
"""

import hashlib
from collections.abc import Collection, Sequence
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from facestore.catalog.sqlfiles import SqlFile, names_in, parse_sql_file
from facestore.connections import connect, quoted_name, transaction
from facestore.errors import StoreError

# Audits are files of their own kind, which are run and not installed.
AUDITS_FOLDER = "audits"

Present = list[tuple[str, str]]


class ViewFile(SqlFile):
    """One file of `sql/`: a view, or a macro if it has parameters.

    Its comment becomes the comment in the database.
    """

    @property
    def is_scalar(self) -> bool:
        """Whether it is a scalar macro: its grain is `scalar`."""
        return self.facts.get("grain") == "scalar"

    @property
    def checksum(self) -> str:
        """SHA-256 (hex) of all that decides what is created."""
        return hashlib.sha256(f"{self.create_sql}\0{self.comment}".encode()).hexdigest()

    @property
    def create_sql(self) -> str:
        """The statement that creates or replaces it."""
        if self.parameters is None:
            return f"create or replace view {self.name} as {self.body}"
        # A scalar macro is the expression alone: as a subquery it would be joined row by row.
        body = self.body.removeprefix("select") if self.is_scalar else f"table {self.body}"
        return f"create or replace macro {self.name}({', '.join(self.parameters)}) as {body}"

    @property
    def comment_sql(self) -> str:
        """The statement that puts the header where DBeaver shows it."""
        kind = "view"
        if self.parameters is not None:
            kind = "macro" if self.is_scalar else "macro table"
        text = self.comment.replace("'", "''")
        return f"comment on {kind} {self.name} is '{text}'"


def parse_view_file(path: Path) -> ViewFile:
    """Read one file of `sql/`.

    Raises
    ------
    ValueError
        If the header is not as the module's docstring shows, or names another file.
    """
    return parse_sql_file(path, ViewFile)


def read_views(folder: Path) -> list[ViewFile]:
    """Read all views of `sql/`, in no order that means anything."""
    return [parse_view_file(path) for path in view_paths(folder)]


def view_paths(folder: Path) -> list[Path]:
    """Return the files of `sql/` that are installed into a store; audits are not."""
    return [path for path in sorted(folder.glob("*/*.sql")) if path.parent.name != AUDITS_FOLDER]


def load_views(folder: Path) -> list[ViewFile]:
    """Read all views of `sql/`, in an order in which each comes after what it reads."""
    return in_order(read_views(folder))


def in_order(views: Sequence[ViewFile]) -> list[ViewFile]:
    """Put views in an order in which each comes after what it reads."""
    files = {view.name: view for view in views}
    return [files[name] for name in TopologicalSorter(_reads(views)).static_order()]


def _reads(views: Sequence[ViewFile]) -> dict[str, list[str]]:
    """Return which of some views each of them reads."""
    return _graph(tuple((view.name, view.body) for view in sorted(views, key=_by_name)))


def _by_name(view: ViewFile) -> str:
    return view.name


# The key is the text itself, so that no change of a file can be missed.
@lru_cache(maxsize=4)
def _graph(bodies: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    names = {name for name, _ in bodies}
    with connect() as empty:
        return {name: sorted(_names(empty, name, body) & names) for name, body in bodies}


def referenced_names(empty: duckdb.DuckDBPyConnection, view: SqlFile) -> set[str]:
    """Return every table, view, macro and function that the text of a file names.

    Parameters
    ----------
    empty
        A connection to an empty database, which does the parsing.
    view
        The file to look into.
    """
    return _names(empty, view.name, view.body)


def _names(empty: duckdb.DuckDBPyConnection, name: str, body: str) -> set[str]:
    try:
        return names_in(empty, body) - {name}
    except ValueError as error:
        message = f"{name}: {error}"
        raise ValueError(message) from error


# What this database has in its main schema, whether facestore or the user put it there.
_PRESENT = """
select lower(view_name) as name, 'view' as kind
from duckdb_views()
where not internal and database_name = current_database() and schema_name = 'main'
union
select lower(function_name) as name, if(function_type = 'macro', 'macro', 'macro table') as kind
from duckdb_functions()
where
    not internal and database_name = current_database() and schema_name = 'main'
    and function_type in ('macro', 'table_macro')
"""


def outdated(
    con: duckdb.DuckDBPyConnection, views: Sequence[ViewFile], names: Collection[str]
) -> list[str]:
    """Return the names of views that are missing, changed or no longer shipped.

    Parameters
    ----------
    con
        A connection to the store.
    views
        As `read_views` gives them.
    names
        Of the views and macros that are there.
    """
    rows = con.execute("select view_name, checksum from schema_views").fetchall()
    recorded = {name: checksum if name in names else None for name, checksum in rows}
    shipped = {view.name: view.checksum for view in views}
    changed = [name for name, checksum in shipped.items() if recorded.get(name) != checksum]
    return changed + [name for name in recorded if name not in shipped]


def install_views(con: duckdb.DuckDBPyConnection, views: Sequence[ViewFile]) -> list[str]:
    """Create or replace all views if any of them changed; return the names of those that did.

    Parameters
    ----------
    con
        A connection for writing, outside a transaction.
    views
        As `read_views` gives them, in any order.
    """
    present = _present(con)
    changed = outdated(con, views, {name for name, _ in present})
    if not changed:
        return []
    _refuse_names_taken(con, views, present)
    ordered = in_order(views)
    with transaction(con):
        _drop_all(con, present)
        _create_all(con, ordered)
        con.execute(
            "insert into schema_views select unnest(?), unnest(?)",
            [[view.name for view in ordered], [view.checksum for view in ordered]],
        )
    return changed


def _create_all(con: duckdb.DuckDBPyConnection, ordered: Sequence[ViewFile]) -> None:
    """Create views and macros; each view is bound to stand-ins of those that it reads.

    DuckDB binds a view when it is created, and with it all that it reads down to the tables, which
    took most of the time of making a store. So each gives way at once to one of the same columns
    that reads nothing, and they are put back from the last to the first. What no other one reads
    needs no such one.
    """
    read = {name for names in _reads(ordered).values() for name in names}
    gives_way = [view for view in ordered if view.parameters is None and view.name in read]
    for view in ordered:
        con.execute(view.create_sql)
        if view.parameters is None and view.name in read:
            con.execute(_stand_in(con, view.name))
    for view in reversed(gives_way):
        con.execute(view.create_sql)
    con.execute(";".join(view.comment_sql for view in ordered))


def _stand_in(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """Return the statement that makes of a view one of the same columns, which reads nothing."""
    view = con.view(name)
    columns = zip(view.columns, view.types, strict=True)
    values = ", ".join(f"null::{kind} as {quoted_name(column)}" for column, kind in columns)
    return f"create or replace view {name} as select {values}"


def _present(con: duckdb.DuckDBPyConnection) -> Present:
    """Return name and kind of what there is; DuckDB takes its time to list its functions."""
    return con.execute(_PRESENT).fetchall()


def _refuse_names_taken(
    con: duckdb.DuckDBPyConnection, views: Sequence[ViewFile], present: Present
) -> None:
    """Leave alone what the user has made under a name that a view of ours is to have."""
    rows = con.execute("select view_name from schema_views").fetchall()
    ours = {name for (name,) in rows}
    tables = con.execute(
        "select table_name from duckdb_tables() "
        "where database_name = current_database() and schema_name = 'main'"
    ).fetchall()
    names = {name for name, _ in present} | {name for (name,) in tables}
    taken = sorted({view.name for view in views} & (names - ours))
    if taken:
        message = (
            f"The store has a table, view or macro {taken[0]!r} that facestore did not make, "
            "and this version needs the name: rename or drop yours in another DuckDB client first."
        )
        raise StoreError(message)


def _drop_all(con: duckdb.DuckDBPyConnection, present: Present) -> None:
    """Drop what an earlier version installed, so that views may turn into macros and back."""
    recorded = {name for (name,) in con.execute("select view_name from schema_views").fetchall()}
    for name, kind in present:
        if name in recorded:
            con.execute(f"drop {kind} main.{quoted_name(name)}")
    con.execute("delete from schema_views")
