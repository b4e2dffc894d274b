"""What a camera adds to a face: background, light, colour, blur, noise, and edited copies."""

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from faces.canvas import Colour, clamp, mix

_QUARTER_TURNS = (0, 90, 180, 270)
_LEVELS = range(256)
_EDITS = ("reencode", "resize", "brightness", "crop", "blur", "border")
_EDITED_QUALITIES = (35, 50, 65, 75)


def draw_background(stream: random.Random, size: int) -> Image.Image:
    """Draw a plain or graded background of a size in pixels, some with blurred shapes."""
    first, second = _any_colour(stream, 30, 240), _any_colour(stream, 30, 240)
    kind = stream.random()
    if kind < 0.35:
        background = Image.new("RGB", (size, size), first)
    else:
        ramp = Image.linear_gradient("L") if kind < 0.75 else Image.radial_gradient("L")
        mask = ramp.resize((size, size)).rotate(stream.choice(_QUARTER_TURNS))
        ends = [Image.new("RGB", (size, size), colour) for colour in (first, second)]
        background = Image.composite(ends[0], ends[1], mask)
    if stream.random() >= 0.45:
        return background
    _scatter_shapes(background, stream, first, second)
    return background.filter(ImageFilter.BoxBlur(size * stream.uniform(0.0, 0.03)))


def develop(picture: Image.Image, stream: random.Random) -> Image.Image:
    """Light, tint, blur and grain a drawn picture.

    Parameters
    ----------
    picture
        RGB.
    stream
        Where the strength of each effect is drawn from.

    Returns
    -------
    PIL.Image.Image
        A new picture of the same size.
    """
    picture = _tint(_light(picture, stream), stream)
    if stream.random() < 0.3:
        radius = stream.uniform(0.2, 0.9) * picture.width / 128
        picture = picture.filter(ImageFilter.GaussianBlur(radius))
    return _grain(picture, stream) if stream.random() < 0.5 else picture


def near_duplicate(image: Image.Image, seed: int) -> tuple[Image.Image, str]:
    """Edit a picture as copies on the web are edited, and save it again as a poor JPEG.

    Parameters
    ----------
    image
        RGB picture, at least 50 pixels wide so that the edits stay small.
    seed
        Draws the edit, its strength and the quality of the JPEG.

    Returns
    -------
    image : PIL.Image.Image
        The edited copy, RGB; "resize", "crop" and "border" change its size.
    edit_name : str
        One of "reencode", "resize", "brightness", "crop", "blur" and "border".
    """
    stream = random.Random(f"near-duplicate-{seed}")
    edit_name = stream.choice(_EDITS)
    edited = _edit(image, edit_name, stream)
    buffer = io.BytesIO()
    edited.save(buffer, "JPEG", quality=stream.choice(_EDITED_QUALITIES))
    return Image.open(buffer).convert("RGB"), edit_name


def _any_colour(stream: random.Random, low: int, high: int) -> Colour:
    """Draw a colour with every channel in [low, high)."""
    return stream.randrange(low, high), stream.randrange(low, high), stream.randrange(low, high)


def _scatter_shapes(
    background: Image.Image, stream: random.Random, first: Colour, second: Colour
) -> None:
    """Draw two to six ellipses and squares on a background."""
    pen = ImageDraw.Draw(background)
    size = background.width
    for _ in range(stream.randrange(2, 7)):
        x, y = stream.random() * size, stream.random() * size
        reach = stream.uniform(0.04, 0.2) * size
        kin = stream.random() < 0.5
        colour = mix(first, second, stream.random()) if kin else _any_colour(stream, 0, 256)
        box = (x - reach, y - reach, x + reach, y + reach)
        if stream.random() < 0.5:
            pen.ellipse(box, fill=colour)
        else:
            pen.rectangle(box, fill=colour)


def _light(picture: Image.Image, stream: random.Random) -> Image.Image:
    """Darken a picture towards one side."""
    ramp = Image.linear_gradient("L").resize(picture.size).rotate(stream.choice(_QUARTER_TURNS))
    strength = stream.uniform(0, 0.42)
    ramp = ramp.point([int(255 * (1 - strength) + level * strength) for level in _LEVELS])
    return ImageChops.multiply(picture, Image.merge("RGB", (ramp, ramp, ramp)))


def _tint(picture: Image.Image, stream: random.Random) -> Image.Image:
    """Change brightness, contrast and the colour of the light."""
    brightness, contrast = stream.uniform(0.80, 1.22), stream.uniform(0.82, 1.18)
    channels = (stream.gauss(1, 0.035), 1.0, stream.gauss(1, 0.04))
    table = [
        int(clamp((level * brightness * channel - 128) * contrast + 128, 0, 255))
        for channel in channels
        for level in _LEVELS
    ]
    return picture.point(table)


def _grain(picture: Image.Image, stream: random.Random) -> Image.Image:
    """Mix in grey noise with grains of about two pixels."""
    grains = max(16, picture.width // 2)
    noise = Image.frombytes("L", (grains, grains), stream.randbytes(grains * grains))
    noise = noise.resize(picture.size, Image.Resampling.BILINEAR)
    return Image.blend(picture, Image.merge("RGB", (noise,) * 3), stream.uniform(0.02, 0.10))


def _edit(image: Image.Image, edit_name: str, stream: random.Random) -> Image.Image:
    """Apply one named edit; "reencode" leaves the picture to the JPEG encoder alone."""
    width, height = image.size
    if edit_name == "resize":
        factor = stream.uniform(0.5, 1.6)
        size = (round(width * factor), round(height * factor))
        return image.resize(size, Image.Resampling.BICUBIC)
    if edit_name == "brightness":
        return ImageEnhance.Brightness(image).enhance(stream.choice((0.85, 0.9, 1.1, 1.18)))
    if edit_name == "crop":
        margin = max(1, int(width * stream.uniform(0.01, 0.04)))
        return image.crop((margin, margin, width - margin, height - margin))
    if edit_name == "blur":
        return image.filter(ImageFilter.GaussianBlur(width / 200))
    if edit_name == "border":
        margin = max(1, width // 40)
        framed = Image.new("RGB", (width + 2 * margin, height + 2 * margin))
        framed.paste(image, (margin, margin))
        return framed
    return image
