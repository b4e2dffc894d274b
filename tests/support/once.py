"""What takes long to make is made once for a run, by whichever worker comes first, and copied."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from support.copied import copy_as_own


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder of the worker's own with what `make` puts into an empty one.

    Parameters
    ----------
    factory
        Its base is the worker's own; the folder above is the run's.
    name
        Of what is made, the same for all workers.
    make
        Is called by one of them, with a new folder.
    """
    base = factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    first, unfinished = common / f"once-{name}", common / f"once-{name}.part"
    with FileLock(common / f"once-{name}.lock"):
        if not first.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(first)
    return copy_as_own(first, factory.mktemp(name) / "copy", made_at=unfinished)
