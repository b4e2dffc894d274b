"""A picture of a face, put together from its parts."""

import random

from PIL import Image

from faces import features, hair, head
from faces.canvas import Canvas
from faces.identity import Face
from faces.photo import develop, draw_background
from faces.shape import Pose, draw_pose, shape_of

_SUPERSAMPLING = 2  # Pillow draws hard edges; drawing larger and averaging softens them
_MIN_SIZE = 16


def render(face: Face, photo: int = 0, size: int = 112) -> Image.Image:
    """Draw a picture of a face.

    Parameters
    ----------
    face
        Whom to draw.
    photo
        Seed of everything that is not identity: pose, expression, light, background, noise.
    size
        Width and height in pixels, at least 16.

    Returns
    -------
    PIL.Image.Image
        RGB picture of `size` x `size` pixels. Pixels are the same in every run with one
        version of Pillow.

    Raises
    ------
    ValueError
        If `size` is below 16.
    """
    if size < _MIN_SIZE:
        raise ValueError(f"A face needs at least {_MIN_SIZE} pixels a side, not {size}.")
    stream = random.Random(f"photo-{face.seed}-{photo}")
    width = size * _SUPERSAMPLING
    picture = draw_background(stream, width)
    scale = stream.uniform(0.86, 1.12) * width
    centre = (stream.gauss(0.5, 0.025) * width, stream.gauss(0.52, 0.022) * width)
    tilt = stream.gauss(0, 5.5)  # degrees
    canvas = Canvas(Image.new("RGBA", (width, width)), centre, scale)
    _draw_parts(canvas, face, draw_pose(stream))
    layer = canvas.image.rotate(tilt, Image.Resampling.BILINEAR, center=centre)
    picture.paste(layer, (0, 0), layer)
    return develop(picture.resize((size, size), Image.Resampling.BOX), stream)


def _draw_parts(canvas: Canvas, face: Face, pose: Pose) -> None:
    """Draw all parts, from the hair at the back to the glasses in front."""
    shape = shape_of(face)
    hair.draw_back_hair(canvas, shape)
    head.draw_shoulders(canvas, shape, pose)
    head.draw_ears(canvas, shape)
    head.draw_skull(canvas, shape)
    head.draw_cheeks(canvas, shape, pose)
    hair.draw_beard(canvas, shape, pose)
    features.draw_eyes(canvas, shape, pose)
    features.draw_nose(canvas, shape, pose)
    features.draw_mouth(canvas, shape, pose)
    head.draw_wrinkles(canvas, shape, pose)
    hair.draw_front_hair(canvas, shape)
    hair.draw_bow(canvas, shape)
    features.draw_glasses(canvas, shape, pose)
