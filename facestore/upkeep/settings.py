"""What holds for the whole store: its settings, and the version of its tables."""

from facestore.catalog.settings import GROUP_ATTRIBUTES
from facestore.errors import by_number, preview
from facestore.stores import Stores


def settings(store: Stores) -> list[tuple[str, str, str]]:
    """Return the settings of the store: name, value and meaning of each."""
    return store.catalog.settings.all()


def change_setting(store: Stores, name: str, value: int | str) -> None:
    """Change a setting, which views and reports obey from then on.

    Parameters
    ----------
    name
        `min_samples`, `duplicate_distance`, `group_attributes` or `keep_similarities`.
    value
        At least 1; for `duplicate_distance` 0 to 12; for `group_attributes` up to eight attributes
        with commas between, or an empty text for all up to five; for `keep_similarities` `auto`,
        `always` or `never`.

    Raises
    ------
    UnknownNameError
        If there is no such setting, or no such attribute.
    InputError
        If the value is out of its limits, or no attribute that is named has a label while others
        have.
    """
    store.catalog.settings.set(name, value)
    if name == GROUP_ATTRIBUTES and (without := store.catalog.settings.without_labels()):
        has = by_number(len(without), "has", "have")
        store.notify(
            f"{preview([repr(each) for each in without], len(without))} {has} no label in the "
            "store: no group is made of that until labels come."
        )


def kinds(store: Stores) -> list[tuple[str, str]]:
    """Return each data set that the store has figures of, and its kind: medical, faces ..."""
    return store.catalog.kinds.of_datasets()


def change_kind(store: Stores, dataset: str, kind: str) -> None:
    """Say of what kind a data set is, by which the views `benchmark_means` and `_ranks` part them.

    Parameters
    ----------
    dataset
        One that the store has figures of, measured or published.
    kind
        Any name but `all`; empty: none, which views call other.

    Raises
    ------
    UnknownNameError
        If the store has no figure of the data set.
    InputError
        If the kind is no name.
    """
    store.catalog.kinds.set(dataset, kind)


def migrate(store: Stores, *, rebuild_views: bool = False) -> list[str]:
    """Bring the store up to date with this program; return what was applied.

    Parameters
    ----------
    rebuild_views
        Make all views and macros anew, whatever another program put in their place. What lies in
        the schema `mine` is kept; a table under the name of a view is moved there.

    Raises
    ------
    StoreAlteredError
        If tables, views or macros are not those that this version makes.
    """
    applied = store.catalog.database.update(rebuild=rebuild_views)
    store.catalog.counts.keep()
    return applied
