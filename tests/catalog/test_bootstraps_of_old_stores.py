"""A store of the version before has no figures that were drawn anew, and gets their tables."""

from __future__ import annotations

import duckdb
from support.rows import classifier, fill, labels, predictions, samples

from facestore import resources
from facestore.catalog import migrate, views

TABLES = "select table_name from duckdb_tables() where starts_with(table_name, 'bootstrap')"


def test_a_store_of_before_gets_the_tables_and_keeps_its_rows() -> None:
    migrations = migrate.load_migrations(resources.folder("migrations"))
    with duckdb.connect() as con:
        migrate.migrate(con, migrations, stop_before=16)
        assert con.sql(TABLES).fetchall() == []
        con.execute("insert into datasets values ('faces', null, null, '2026-01-01')")
        fill(con, samples=samples(40), labels=labels("gender", ["Male", "Female"] * 20))
        fill(con, classifiers=[classifier(1)], predictions=predictions(["Male"] * 40))
        migrate.migrate(con, migrations)
        views.install_views(con, views.load_views(resources.folder("sql")))
        assert set(con.sql(TABLES).fetchall()) == {("bootstraps",), ("bootstrap_figures",)}
        assert con.sql("from bootstrap_intervals").fetchall() == []
        figures = con.sql("select measure, n_samples, value from figures_to_bootstrap").fetchall()
        assert ("balanced_accuracy", 40, 0.5) in figures
