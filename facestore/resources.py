"""Where `sql/`, `migrations/`, `reports/` and the assets lie: in the wheel or in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder `name` (sql, migrations or reports) of the program's own files.

    Raises
    ------
    FileNotFoundError
        If the installation is damaged and has no such folder.
    """
    for root in (_PACKAGE / "_resources", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    missing = f"facestore is installed without its {name!r} folder: install it again."
    raise FileNotFoundError(missing)


def asset(name: str) -> Path:
    """Return the path of package data below `facestore/assets`."""
    return _PACKAGE / "assets" / name
