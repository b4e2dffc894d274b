"""Pictures and broken files for tests, made by code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed: int, size: int = 48) -> Image.Image:
    """Return a smooth random picture: other seeds give other hashes and other vectors."""
    noise = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((size, size), Image.Resampling.BICUBIC)


def write_picture(path: Path, seed: int, size: int = 48) -> Path:
    """Write a picture in the format of its suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(seed, size).save(path)
    return path


def write_labels(path: Path, rows: dict[str, tuple[str, str, str]]) -> Path:
    """Write a label table in FairFace's columns: file -> (age, gender, race)."""
    lines = ["file,age,gender,race", *(",".join([file, *each]) for file, each in rows.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_pictures(folder: Path) -> Path:
    """Write six pictures, two of them with the same bytes; return the folder."""
    for number in range(1, 6):
        write_picture(folder / f"{number}.jpg", seed=number)
    (folder / "copy.jpg").write_bytes((folder / "1.jpg").read_bytes())
    return folder
