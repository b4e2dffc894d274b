"""Stores that somebody made to harm whoever reads them, one trap each.

`SQL` are traps in views, macros and tables: no command may read such a store. `ROWS` are traps in
rows and `FILES` in the folder: commands read such a store, or refuse it, and touch nothing outside.
In the texts `{outside}` is a folder with a secret text and a secret picture.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from facestore.config import CATALOG_FILE
from support.pictures import write_labels, write_picture

SECRET = "the-secret-of-this-machine"
ADDRESS = "http://127.0.0.1:9/secret.png"

_TEXT = "read_text('{outside}/secret.txt')"
_RIGHT = "create or replace view judged_predictions as select *, "

SQL: dict[str, str] = {
    "view reads a text": f"create or replace view leaderboard as select content as rank from {_TEXT}",
    "view reads a blob": "create or replace view label_counts as from read_blob('{outside}/secret.txt')",
    "view reads a table of http": f"create or replace view label_cells as select '{ADDRESS}' as x",
    "view lists a folder": "create or replace view store_contents as select * from glob('{outside}/*')",
    "view that is right always": "create table said as from judged_predictions; create or replace view "
    "judged_predictions as select * replace (true as is_correct) from said",
    "view in other capitals": 'drop view leaderboard; create view "LEADERBOARD" as select 1 as rank',
    "view is gone": "drop view k_sweep",
    "view became a table": "drop view leaderboard; create table leaderboard as select 1 as rank",
    "view asks by text": "create or replace view leaderboard as from query('from ' || 'range(3)')",
    "view turns on the log": "create or replace view leaderboard as from enable_logging()",
    "macro reads a text": f"create or replace macro wilson_low(a, b) as (select content from {_TEXT})",
    "macro of a table reads": f"create or replace macro zero_shot_topk(k) as table from {_TEXT}",
    "macro has one form more": "create or replace macro accuracy_of(a) as 1, (a, b, c, d) as 1",
    "macro is gone": "drop macro wilson_low",
    "macro became a view": "drop macro table zero_shot_topk; create view zero_shot_topk as select 1 as n",
    "macro hides avg": "create macro avg(x) as 1",
    "macro hides avg in capitals": 'create macro "AVG"(x) as 1',
    "macro hides plus": 'create macro "+"(a, b) as 7',
    "macro hides like": 'create macro "~~"(a, b) as true',
    "macro hides count": "create macro count_star() as 7",
    "macro hides what compares views": "create macro duckdb_views() as table select 1 as n",
    "macro hides what lists functions": "create macro duckdb_functions() as table select 1 as n",
    "macro hides the database": "create macro current_database() as 'x'",
    "macro hides lists": "create macro list_value(x) as 1",
    "macro hides ranges": f"create macro range(n) as table from {_TEXT}",
    "type hides json": "create type json as enum ('a')",
    "index computes": "create index i on labels ((sample_id + length(attribute)))",
    "table became a view": "alter table datasets rename to said; create view datasets as "
    "select 'd' as dataset, content as source, 'folder' as layout, now()::timestamp as added_at "
    f"from {_TEXT}",
    "table of migrations is a view": "drop table schema_migrations; create view schema_migrations as "
    f"select 1 as version, content as checksum from {_TEXT}",
    "table of views is a view": "drop table schema_views; create view schema_views as select "
    f"content as view_name, content as checksum from {_TEXT}",
    "table computes a column": "create or replace table settings (setting varchar, value integer, "
    "meaning varchar generated always as (upper(setting)))",
    "table has a default": "alter table labels alter column label set default (current_setting('home_directory'))",
    "table has another column": "alter table predictions add column x integer",
    "table lost its key": "create or replace table labels as from labels",
    "says that it is old": f"{_RIGHT} 1 as old from labels; delete from schema_migrations where version > 3",
    "says that views are old": f"create or replace view leaderboard as select content as x from {_TEXT}; "
    "update schema_views set checksum = 'old'",
    "says that it is new": "insert into schema_migrations values (999, 'x', 'x', now()::timestamp)",
    "migration of another text": "update schema_migrations set checksum = 'x' where version = 2",
}  # fmt: skip

_ALL = "update datasets set source = '{outside}', layout = '{layout}'; update samples set path = "
# Pictures are looked for where the log says, too.
_LOG = (
    "update runs set arguments = (select json_object('dataset', dataset, 'source', source) from datasets) "
    "where command = 'ingest'"
)

ROWS: dict[str, str] = {
    "source is the root": "update datasets set source = '/'; update samples set path = "
    "ltrim('{outside}/secret.png', '/'), image_id = '{sha256}'",
    "source is outside": "update datasets set source = '{outside}'; "
    "update samples set path = 'secret.png', image_id = '{sha256}'",
    "source is outside and the picture has no name": "update datasets set source = '{outside}'; "
    "update samples set path = 'secret.png', image_id = null",
    "path is absolute": "update samples set path = '{outside}/secret.png', image_id = '{sha256}'",
    "path goes up": "update samples set path = '../outside/secret.png', image_id = '{sha256}'",
    "path goes up to a tar": "update samples set path = '../outside/x.tar/secret.png', image_id = '{sha256}'",
    "path is a link": "update samples set path = 'link.png', image_id = '{sha256}'",
    "path is in a linked folder": "update samples set path = 'linked/secret.png', image_id = '{sha256}'",
    "picture has no hash": "update samples set path = 'link.png', image_id = null",
    "path has a NUL": "update samples set path = 'a' || chr(0) || 'b', image_id = '{sha256}'",
    "path is of Windows": r"update samples set path = 'C:\secret.png', image_id = '{sha256}'",
    "list of addresses": "update datasets set source = '{outside}/list.csv', layout = 'list'; "
    f"update samples set path = '{ADDRESS}', image_id = '{{sha256}}'",
    "list that was given by its name": f"update datasets set layout = 'list'; update samples set path = '{ADDRESS}'",
    "list of files": "update datasets set layout = 'list'; update samples set path = '{outside}/secret.png', "
    "image_id = '{sha256}'",
    "list of file addresses": "update datasets set layout = 'list'; "
    "update samples set path = 'file://{outside}/secret.png', image_id = '{sha256}'",
    "list of buckets": "update datasets set layout = 'list'; update samples set path = 's3://secret/secret.png'",
    "source is a share": r"update datasets set source = '\\127.0.0.1\share'; " + _LOG,
    "source is a million files": "update datasets set source = '/{{0..99999999}}/{{0..99999999}}.tar'; " + _LOG,
    "names are pages": "update samples set path = '<script>alert(1)</script>'; "
    "update datasets set source = 'javascript:alert(1)'",
    "model is a place": "update encoders set architecture = 'hf-hub:127.0.0.1/x', pretrained = '{outside}/secret.txt'",
    "own view reads a text": f"create schema if not exists mine; create view mine.x as from {_TEXT}",
    "view besides reads a text": f"create view besides as from {_TEXT}; create schema other; "
    f"create view other.samples as from {_TEXT}",
}  # fmt: skip

FILES: dict[str, str] = {
    "log is a link": f"{CATALOG_FILE}.wal",
    "reports are a link": "reports",
    "vectors are a link": "vectors",
    "heads are a link": "heads",
    "number of a process is a link": ".score.pid",
    "number of a training is a link": "heads/.mine.pid",
    "file of heads is a link": "heads/mine.safetensors",
    "folder of tables is a link": "reports/csv",
    "data of vectors is a link": "vectors/x.images.lance/data",
    "place for spoiled vectors is a link": "vectors/x.images.lance/set_aside",
}

# Pictures of mistakes are shown in the report, so that each one has to be looked for.
_MISJUDGED = (
    "update labels set label = if(predictions.predicted = 'Male', 'Female', 'Male') "
    "from predictions where predictions.sample_id = labels.sample_id and attribute = 'gender'"
)
# No trap: what the campaign has to see where a picture is shown.
HARMLESS = "nothing"
# Where a picture of the source is shown, and rightly.
SHOWN = frozenset(
    (HARMLESS, "own view reads a text", "view besides reads a text", "model is a place")
)

NAMES = (*SQL, *ROWS, *FILES)


class World:
    """A folder with a good store, its pictures, and what nobody may touch.

    Parameters
    ----------
    folder
        A new folder.
    make
        Makes a store in a folder of pictures and a table of labels.
    """

    def __init__(self, folder: Path, make: Callable[[Path, Path, Path], None]) -> None:
        self.folder, self.outside = folder, folder / "outside"
        self.pictures, self.store = folder / "pictures", folder / "store"
        for number in range(4):
            write_picture(self.pictures / f"{number}.png", seed=number)
        self.secret = write_picture(self.outside / "secret.png", seed=99)
        (self.outside / "secret.txt").write_text(SECRET)
        (self.outside / "list.csv").write_text(f"file\n{ADDRESS}\n")
        (self.pictures / "link.png").symlink_to(self.secret)
        (self.pictures / "linked").symlink_to(self.outside)
        labels = {f"{i}.png": ("20-29", "Male" if i % 2 else "Female", "White") for i in range(4)}
        table = write_labels(folder / "labels.csv", labels)
        make(self.store, self.pictures, table)

    def hostile(self, name: str) -> Path:
        """Make the store of a trap, in the place of the good one: it was handed over there."""
        kept = self.folder / "kept"
        if not kept.exists():
            self.store.rename(kept)
        shutil.rmtree(self.store, ignore_errors=True)
        shutil.copytree(kept, self.store)
        if name in FILES:
            path = self.store / FILES[name]
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.rmtree(path)
            target = self.outside / "secret.txt" if path.suffix else self.outside
            path.symlink_to(target)
            return self.store
        sha256 = hashlib.sha256(self.secret.read_bytes()).hexdigest()
        statement = (SQL | ROWS | {HARMLESS: "select 1"})[name].format(
            outside=self.outside, sha256=sha256
        )
        with duckdb.connect(self.store / CATALOG_FILE) as con:
            # samples are unique by their path: one of them is enough
            con.execute(f"delete from samples where sample_id > 1; {_MISJUDGED}; {statement}")
        return self.store
