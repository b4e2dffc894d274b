"""Draw the faces of `facestore demo` and bundle them as facestore/assets/faces.zip.

    python scripts/bundle_faces.py [ZIP]

Run it again when `faces` draws otherwise, and only then: the same versions of Pillow and libjpeg
give the same bytes, but others may change pictures, and with them image_ids and the demo's
figures. The comment of the zip names the versions.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import PIL
from faces import write_faces
from PIL import features

ASSET = Path(__file__).parents[1] / "facestore" / "assets" / "faces.zip"
N_FACES, N_EXACT, N_NEAR = 720, 12, 24


def bundle(path: Path) -> None:
    """Write the faces and `labels.csv` into a zip.

    Parameters
    ----------
    path
        The zip; replaced if it exists.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_faces(folder, N_FACES, n_exact=N_EXACT, n_near=N_NEAR)
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        with zipfile.ZipFile(path, "w") as archive:
            archive.comment = drawn_by().encode()
            for file in files:
                # Stored, dated 1980, as if made on Unix: no zlib, clock or system shows in the zip.
                entry = zipfile.ZipInfo(file.relative_to(folder).as_posix())
                entry.create_system = 3
                archive.writestr(entry, file.read_bytes())


def drawn_by() -> str:
    """Return the versions on which the bytes of a JPEG depend."""
    libjpeg = features.version("libjpeg_turbo") or features.version("jpg")
    return f"Pillow {PIL.__version__}, libjpeg {libjpeg}"


if __name__ == "__main__":
    bundle(Path(sys.argv[1]) if len(sys.argv) > 1 else ASSET)
