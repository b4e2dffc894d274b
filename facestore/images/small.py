"""Pictures made small, or taken as they are where a browser shows them at once."""

import io

from facestore.images.decoding import DECODE_ERRORS, open_picture, to_rgb

_PIXELS = 160
_QUALITY = 80
# A picture of 224 x 224 pixels, as FairFace's, has some 10 kB: to make it smaller gains little.
_SMALL_BYTES = 32 * 1024
_SHOWN = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def small_jpeg(content: bytes) -> bytes | None:
    """Return a picture as a JPEG of at most 160 x 160 pixels; None if it cannot be decoded.

    Parameters
    ----------
    content
        The bytes of the file; they are those of a picture that was read before.
    """
    try:
        with open_picture(content) as image:
            image.draft("RGB", (_PIXELS, _PIXELS))  # a large JPEG is decoded small
            small = to_rgb(image)
    except DECODE_ERRORS:
        return None
    small.thumbnail((_PIXELS, _PIXELS))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def shown_small(content: bytes) -> bytes | None:
    """Return a small JPEG or PNG as it is, and a small JPEG of any other picture."""
    if len(content) <= _SMALL_BYTES and content.startswith(_SHOWN):
        return content
    return small_jpeg(content)
