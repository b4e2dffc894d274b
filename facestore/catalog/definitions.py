"""Whether the tables, views and macros of a store are those that this version makes.

A store is data: whoever hands one over can put any view into it, also one that shows other figures
than were measured. The record of what was installed (`schema_views`) lies in the same file and
proves nothing. So what is there is compared with what this version makes, before anything else is
read. DuckDB is asked by names that nothing in the file can hide (`system.main.`), and without a
function or an operator, since a macro may hide each of them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import duckdb

from facestore.connections import quoted_name

MAIN, MINE = "main", "mine"
# Read before it is known whether the store is of this version.
_FIRST_READ = ("schema_migrations", "schema_views")

_EXCLUDED = re.compile(r"(?<=EXCLUDE \()[^()]+")

# (kind, name in lower case, as DuckDB compares names) -> what DuckDB prints of it
Definitions = dict[tuple[str, str], str]

_TABLES = (
    "select database_name, schema_name, 'table', table_name, sql from system.main.duckdb_tables()"
)
_VIEWS = (
    "select database_name, schema_name, 'view', view_name, sql from system.main.duckdb_views() "
    "where not internal"
)
# DuckDB's own among them: it takes as long to list all as to list ours, and both are wanted once.
_FUNCTIONS = (
    "select internal, database_name, schema_name, function_type, function_name, parameters, "
    "macro_definition from system.main.duckdb_functions()"
)
# Names of DuckDB's own functions, in lower case: the same in a process for whatever is opened.
_built_in: set[str] = set()
_TYPES = (
    "select database_name, schema_name, 'type', type_name, internal from system.main.duckdb_types()"
)
_INDEXES = (
    "select database_name, schema_name, table_name, index_name, expressions, is_primary "
    "from system.main.duckdb_indexes()"
)
_PLAIN_COLUMNS = re.compile(r"""\[?(?:'?"?\w+"?'?(?:, )?)+\]?""")


class Problem(NamedTuple):
    """Something in a store that this version did not make so."""

    kind: str
    name: str
    problem: str


@dataclass(frozen=True)
class Objects:
    """What a database holds.

    Attributes
    ----------
    database
        Its name.
    definitions
        Of the tables, views and macros in its main schema.
    hiding
        What hides a function or type of DuckDB, or computes where rows are written.
    elsewhere
        (kind, schema, name) of what lies in other schemas.
    """

    database: str
    definitions: Definitions = field(default_factory=dict)
    hiding: list[Problem] = field(default_factory=list)
    elsewhere: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Names of the views and macros in the main schema."""
        return {name for kind, name in self.definitions if kind != "table"}

    def differing(self, shipped: Mapping[tuple[str, str], str]) -> list[Problem]:
        """Return what is missing or is another one than this version makes.

        Parameters
        ----------
        shipped
            Definitions of what it makes.
        """
        by_name = {name: kind for kind, name in self.definitions}
        problems = []
        for (kind, name), definition in shipped.items():
            if self.definitions.get((kind, name)) == definition:
                continue
            found = by_name.get(name)
            problem = "it is missing" if found is None else "it is another one"
            if found not in (None, kind):
                problem = f"it is a {found}"
            problems.append(Problem(kind, name, problem))
        return problems

    def foreign(self, shipped: Mapping[tuple[str, str], str]) -> list[tuple[str, str, str]]:
        """Return (kind, schema, name) of what is neither ours nor in the schema `mine`."""
        in_main = [(kind, MAIN, name) for kind, name in self.definitions.keys() - shipped.keys()]
        return sorted(in_main + [each for each in self.elsewhere if each[1] != MINE])


def read(con: duckdb.DuckDBPyConnection) -> Objects:
    """Return what the database of a connection holds; nothing of it is run."""
    (database,) = con.execute("select system.main.current_database()").fetchone() or ("",)
    objects = Objects(database)
    macros: dict[str, list[str]] = {}
    rows = [*con.execute(_TABLES).fetchall(), *con.execute(_VIEWS).fetchall()]
    rows += _macros(con)
    for of, schema, kind, name, *definition in rows:
        if of != database:
            continue
        is_macro = kind not in ("table", "view")
        if schema != MAIN:
            objects.elsewhere.append(("macro" if is_macro else kind, schema, name))
        elif is_macro:
            macros.setdefault(name.lower(), []).append(f"{kind} {definition}")
        else:
            objects.definitions[kind, name.lower()] = _in_one_order(definition[0] or "")
    for name, found in macros.items():
        objects.definitions["macro", name] = _in_one_order("\n".join(sorted(found)))
    objects.hiding.extend(
        Problem("macro", name, "it hides a function of DuckDB")
        for name in sorted(macros.keys() & _built_in)
    )
    objects.hiding.extend(_hiding(con, database))
    return objects


def _macros(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Return the macros of all databases; DuckDB's own functions are noted the first time."""
    query = f"{_FUNCTIONS} where not internal" if _built_in else _FUNCTIONS
    rows = con.execute(query).fetchall()
    # at once: another thread takes some for all
    _built_in.update([row[4].lower() for row in rows if row[0]])
    return [row[1:] for row in rows if not row[0]]


def _hiding(con: duckdb.DuckDBPyConnection, database: str) -> list[Problem]:
    """Return what is in the way of DuckDB's own types, or computes in writing."""
    types = con.execute(_TYPES).fetchall()
    known = {name.lower() for *_, name, is_internal in types if is_internal}
    problems = [
        Problem("type", name, "it hides a type of DuckDB")
        for of, schema, _, name, is_internal in types
        if (of, schema) == (database, MAIN) and not is_internal and name.lower() in known
    ]
    problems += [
        Problem("index", name, f"it computes where rows of {table!r} are written")
        for of, schema, table, name, expressions, is_primary in con.execute(_INDEXES).fetchall()
        if (of, schema) == (database, MAIN)
        and not is_primary
        and not _PLAIN_COLUMNS.fullmatch(expressions or "")
    ]
    return problems


def not_readable(objects: Objects) -> list[Problem]:
    """Return what must not be there, not even to learn of which version the store is."""
    return objects.hiding + other_than_tables(objects, _FIRST_READ)


def other_than_tables(objects: Objects, names: Iterable[str]) -> list[Problem]:
    """Return those of the names of our tables under which there is something else."""
    kinds = {name: kind for kind, name in objects.definitions}
    return [
        Problem("table", name, f"it is a {kinds[name]}")
        for name in names
        if kinds.get(name, "table") != "table"
    ]


def clear(con: duckdb.DuckDBPyConnection, objects: Objects, shipped: Definitions) -> None:
    """Drop all views and macros that have a name of ours, and what hides something of DuckDB.

    A table under the name of a view may hold somebody's work: it goes to the schema `mine`.

    Parameters
    ----------
    con
        A connection for writing, in a transaction.
    objects
        What there is.
    shipped
        What this version makes.
    """
    ours = {name: kind for kind, name in shipped}
    in_the_way = {(each.kind, each.name) for each in objects.hiding}
    for kind, name in sorted(in_the_way - {("macro", n) for _, n in in_the_way}):
        con.execute(f"drop {kind} main.{quoted_name(name)}")
    for (kind, name), definition in objects.definitions.items():
        if kind == "table":
            if ours.get(name, "table") != "table":
                _move(con, name)
        elif name in ours or (kind, name) in in_the_way:
            # DuckDB would look for its own of that name as well
            target = f"{quoted_name(objects.database)}.main.{quoted_name(name)}"
            if kind == "macro" and definition.startswith("table_macro"):
                kind = "macro table"
            con.execute(f"drop {kind} {target}")


def _move(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Move a table from the main schema to `mine`, beside what has its name there."""
    rows = con.execute("select table_name from system.main.duckdb_tables()").fetchall()
    taken = {each.lower() for (each,) in rows} - {name}
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    source = f"main.{quoted_name(name)}"
    con.execute(f"create table {MINE}.{quoted_name(free)} as from {source}")
    con.execute(f"drop table {source}")


def unreadable_tables(con: duckdb.DuckDBPyConnection, objects: Objects) -> list[tuple[str, str]]:
    """Read every value of every table; return the tables of which some cannot be read, and why."""
    problems = []
    for kind, name in sorted(objects.definitions):
        if kind != "table":
            continue
        try:
            con.table(f"main.{quoted_name(name)}").aggregate("bit_xor(hash(columns(*)))").fetchall()
        except duckdb.Error as error:
            problems.append((name, " ".join(str(error).split())))
    return problems


def _in_one_order(definition: str) -> str:
    """Sort the columns that a `*` leaves out: DuckDB turns them round each time it writes them."""
    return _EXCLUDED.sub(lambda found: ", ".join(sorted(found[0].split(", "))), definition)
