"""Data sets for image classification as users have them: folders of classes, web data sets."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image
from sklearn.datasets import load_digits

from facestore import resources

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def png(pixels: np.ndarray) -> bytes:
    """Return a picture as a file."""
    file = io.BytesIO()
    Image.fromarray(pixels.astype("uint8")).convert("RGB").save(file, "PNG")
    return file.getvalue()


def digits(n: int) -> list[tuple[bytes, str]]:
    """Return the first of scikit-learn's digits, dark on white."""
    read = load_digits()
    return [
        (png(255 - pixels * 15), WORDS[target])
        for pixels, target in list(zip(read.images, read.target, strict=True))[:n]
    ]


def bundled_faces(n: int) -> list[tuple[bytes, str]]:
    """Return the first of the drawn faces that facestore ships, with their genders."""
    with zipfile.ZipFile(resources.asset("faces.zip")) as archive:
        labels = pl.read_csv(archive.read("labels.csv"))[:n]
        return [
            (archive.read(name), "man" if gender == "Male" else "woman")
            for name, gender in labels.select("file", "gender").iter_rows()
        ]


def in_class_folders(folder: Path, pictures: Iterable[tuple[bytes, str]]) -> None:
    """Write a folder for each class."""
    for i, (data, name) in enumerate(pictures):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / f"{i:05d}.png").write_bytes(data)


def in_tars(
    folder: Path,
    pictures: Iterable[tuple[bytes, str]],
    names: Sequence[str],
    templates: Sequence[str],
) -> None:
    """Write a web data set as CLIP_benchmark has them."""
    (folder / "test").mkdir(parents=True)
    (folder / "classnames.txt").write_text("\n".join(names) + "\n")
    (folder / "zeroshot_classification_templates.txt").write_text("\n".join(templates) + "\n")
    (folder / "test" / "nshards.txt").write_text("1")
    with tarfile.open(folder / "test" / "0.tar", "w") as tar:
        for i, (data, name) in enumerate(pictures):
            number = str(names.index(name) if name in names else name).encode()
            for suffix, content in (("png", data), ("cls", number)):
                info = tarfile.TarInfo(f"{i:06d}.{suffix}")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
