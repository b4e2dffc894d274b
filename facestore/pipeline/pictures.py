"""Small pictures of samples, from the files that they were ingested from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from facestore.reporting import thumbnail


def find_thumbnail(
    folders: Mapping[str, Path],
    dataset: str,
    path: str,
    image_id: str | None,
    *,
    otherwise: Path | None = None,
) -> str | None:
    """Return the picture of a sample where its file is there and is still the same.

    Parameters
    ----------
    folders
        Where the paths of each data set start.
    dataset, path
        The sample.
    image_id
        SHA-256 (hex) that its file must have; None: not known.
    otherwise
        Folder of a data set which is not in `folders`.

    Returns
    -------
    str or None
        A JPEG as a `data:` URI.
    """
    folder = folders.get(dataset, otherwise)
    file = None if folder is None else _find(folder.resolve(), path)
    if file is None:
        return None
    content = file.read_bytes()
    if image_id is not None and hashlib.sha256(content).hexdigest() != image_id:
        return None
    return thumbnail(content)


def _find(folder: Path, path: str) -> Path | None:
    """Return the file of a path that starts in the folder, or in one above it and leads into it.

    A label table may call `val/1.jpg` what lies in the ingested folder `val`. It may also say
    anything, so nothing outside of the folder is looked at.
    """
    for start in (folder, *folder.parents):
        file = (start / path).resolve()
        if file.is_relative_to(folder) and file.is_file():
            return file
    return None
