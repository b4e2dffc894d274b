"""A folder of files that hurt, made by code: name of the row in docs/reliability.md -> file."""

from __future__ import annotations

import io
import os
import socket
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from support.containers import encoded
from support.pictures import picture

LONG = "n" * 251 + ".jpg"
NOT_UTF8 = os.fsdecode(b"not utf-8 \xff\xfe.jpg")

# Rows whose outcome is that of one file: row -> its name.
NAMES = {
    "zero-byte file": "zero.jpg",
    "text called .jpg": "text.jpg",
    "JPEG cut in half": "cut.jpg",
    "PNG cut in half": "cut.png",
    "WebP cut in half": "cut.webp",
    "GIF cut in half": "cut.gif",
    "JPEG of random bytes after its first ones": "noise.jpg",
    "PNG called .jpg": "mislabelled.jpg",
    "PNG of 10,000 x 10,000 pixels in 12 kB": "bomb.png",
    "PNG whose header says 100,000 x 100,000": "header.png",
    "PNG with 8 MB of text in 8 kB": "textbomb.png",
    "picture 40,000 pixels wide and 250 high": "wide.png",
    "picture 40,000 pixels wide and 1 high": "thread.png",
    "picture of 1 x 1": "one.png",
    "16-bit grey PNG": "grey16.png",
    "TIFF of floating point numbers": "float.tif",
    "CMYK JPEG": "cmyk.jpg",
    "palette with transparency": "palette.png",
    "alpha channel": "alpha.png",
    "black and white, 1 bit": "bilevel.png",
    "animated GIF": "animated.gif",
    "JPEG turned by EXIF": "turned.jpg",
    "JPEG with broken EXIF": "exif.jpg",
    "PostScript called .jpg": "postscript.jpg",
    "SVG with a script called .png": "drawing.png",
    "TIFF whose directory points to itself": "loop.tif",
    "sparse file of 1 TB": "sparse.jpg",
    "FIFO": "fifo.jpg",
    "socket": "socket.jpg",
    "link to a device": "device.jpg",
    "link to nothing": "nothing.jpg",
    "link to itself": "itself.jpg",
    "folder called like an image": "folder.jpg/inside.jpg",
    "name with quotes": 'it\'s "quoted".jpg',
    "name with a line break": "line\nbreak.jpg",
    "name with an escape code of terminals": "\x1b[31mred.jpg",
    "name that is not UTF-8": r"not utf-8 \xff\xfe.jpg",
    "name with <script>": "<script>alert(1)<script>.jpg",
    "name with SQL": "'); drop table samples; --.jpg",
    "name of 255 characters": LONG,
    "name with wildcards and a backslash": "*?[a]\\b.jpg",
    "name in emoji": "\U0001f600.jpg",
}


def write_bad_files(folder: Path) -> Path:
    """Write all of them."""
    folder.mkdir(parents=True)
    for name, make in _CONTENTS.items():
        content = make() if callable(make) else make
        (folder / name).write_bytes(content)
    with (folder / "sparse.jpg").open("wb") as file:
        file.truncate(1024**4)
    os.mkfifo(folder / "fifo.jpg")
    before = Path.cwd()
    os.chdir(folder)  # the address of a socket may not be long
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket.jpg")
    finally:
        os.chdir(before)
    (folder / "device.jpg").symlink_to("/dev/zero")
    (folder / "nothing.jpg").symlink_to(folder / "gone.jpg")
    (folder / "itself.jpg").symlink_to(folder / "itself.jpg")
    (folder / "circle").symlink_to(folder)
    outside = folder.parent / "outside.jpg"
    outside.write_bytes(encoded(90))
    (folder / "out.jpg").symlink_to(outside)
    (folder / "folder.jpg").mkdir()
    for i, name in enumerate(
        [
            "folder.jpg/inside.jpg",
            NOT_UTF8,
            *(n for n in NAMES.values() if not _is_written(folder, n)),
        ]
    ):
        if not name.startswith("not utf-8 \\"):
            (folder / name).write_bytes(encoded(200 + i))
    return folder


def _is_written(folder: Path, name: str) -> bool:
    return os.path.lexists(folder / name)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _half(kind: str) -> Callable[[], bytes]:
    def make() -> bytes:
        noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        whole = _saved(Image.fromarray(noise), kind)
        return whole[: len(whole) // 2]

    return make


def _png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b""
    for chunk in (body, b"IDAT" + zlib.compress(b"\x00" * 99)):
        chunks += struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + chunks


def _text_bomb() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("x", "a" * 8_000_000, zip=True)
    return _saved(picture(60), "PNG", pnginfo=info)


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return _saved(picture(61), "JPEG", exif=exif)


def _broken_exif() -> bytes:
    return _saved(picture(62), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff" + b"\xff" * 40)


def _self_loop() -> bytes:
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    return b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + struct.pack("<I", 8)


def _float() -> bytes:
    return _saved(Image.fromarray(np.random.default_rng(0).random((8, 8), np.float32)), "TIFF")


_CONTENTS: dict[str, bytes | Callable[[], bytes]] = {
    "zero.jpg": b"",
    "text.jpg": b"hello",
    "cut.jpg": _half("JPEG"),
    "cut.png": _half("PNG"),
    "cut.webp": _half("WEBP"),
    "cut.gif": _half("GIF"),
    "noise.jpg": lambda: encoded(50)[:200] + np.random.default_rng(3).bytes(3000),
    "mislabelled.jpg": lambda: encoded(51, "png"),
    "bomb.png": lambda: _saved(Image.new("1", (10_000, 10_000)), "PNG"),
    "header.png": lambda: _png_header(100_000, 100_000) + b"\x00" * 64,
    "textbomb.png": _text_bomb,
    "wide.png": lambda: _saved(Image.new("L", (40_000, 250)), "PNG"),
    "thread.png": lambda: _saved(Image.new("RGB", (40_000, 1)), "PNG"),
    "one.png": lambda: _saved(Image.new("RGB", (1, 1)), "PNG"),
    "grey16.png": lambda: _saved(
        Image.fromarray(np.linspace(0, 65535, 64, dtype=np.uint16).reshape(8, 8)), "PNG"
    ),
    "float.tif": _float,
    "cmyk.jpg": lambda: _saved(picture(52).convert("CMYK"), "JPEG"),
    "palette.png": lambda: _saved(picture(53).convert("P"), "PNG", transparency=3),
    "alpha.png": lambda: _saved(picture(54).convert("RGBA"), "PNG"),
    "bilevel.png": lambda: _saved(picture(55).convert("1"), "PNG"),
    "animated.gif": lambda: _saved(
        picture(56), "GIF", save_all=True, append_images=[picture(57), picture(58)]
    ),
    "turned.jpg": _turned,
    "exif.jpg": _broken_exif,
    "postscript.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"
    b"(/tmp/facestore-postscript) (w) file closefile\n%%EOF\n",
    "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "loop.tif": _self_loop,
}
