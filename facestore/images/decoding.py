"""From the bytes of a picture to RGB, within limits of size and only for known formats."""

import io
import struct
import warnings
import zlib
from functools import cache

import numpy as np
from PIL import Image, UnidentifiedImageError

# Pillow only warns of a picture of 90 to 180 megapixels; `open_picture` refuses it.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
# Of broken EXIF and the like, which is not read here.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

# Those of the suffixes that ingest takes. Pillow knows more, and hands PostScript to another
# program to be run, whatever the file is called.
_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
# A model's transform brings the shorter side to some hundred pixels: the other one of a thread of
# 40,000 x 1 would grow with it to gigabytes.
MAX_ASPECT = 200

# What Pillow's decoders raise on broken files, besides what they document.
DECODE_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError,
    MemoryError, AttributeError, RecursionError, struct.error, zlib.error,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


def open_picture(content: bytes) -> Image.Image:
    """Open a picture; its pixels are not decoded yet.

    Raises
    ------
    One of DECODE_ERRORS
        If it is in no known format, has more pixels than Pillow's limit, or is longer than
        `MAX_ASPECT` times its width.
    """
    image = Image.open(io.BytesIO(content), formats=_formats())
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and image.width * image.height > limit:
        message = f"{image.width} x {image.height} pixels are more than the limit of {limit:,}"
        raise Image.DecompressionBombError(message)
    if max(image.size) > MAX_ASPECT * min(image.size):
        message = f"{image.width} x {image.height} pixels: one side is over {MAX_ASPECT} others"
        raise Image.DecompressionBombError(message)
    return image


def to_rgb(image: Image.Image) -> Image.Image:
    """Decode a picture as RGB with 8 bits, the first frame, as it is stored (not turned by EXIF).

    Pictures of 16 bits a value lose the lower 8; Pillow would make all above 255 white.

    Raises
    ------
    ValueError
        If its values are floating point numbers, which have no known range.
    """
    if image.mode == "F":
        message = "values are floating point numbers without a known range"
        raise ValueError(message)
    if image.mode.startswith("I"):
        values = np.asarray(image)
        if values.max(initial=0) > 255:
            values = np.clip(values, 0, 65535) >> 8
        image = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    return image.convert("RGB")


def reason_of(error: BaseException) -> str:
    """Return one line without the address of a buffer, the same at every run."""
    if isinstance(error, UnidentifiedImageError):
        return "not an image of a known format"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{' '.join(str(error).split())[:200] or 'no reason given'} ({type(error).__name__})"


@cache
def _formats() -> tuple[str, ...]:
    """Return the known formats that this Pillow was built with."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)
