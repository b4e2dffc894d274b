"""The hair of a face: behind the head, on top of it, on the chin, and a bow."""

import math

from faces.canvas import Canvas, Colour, Point, arc, clamp, mix
from faces.shape import Pose, Shape

_SIDES = (-1, 1)
_BOW_COLOURS: tuple[Colour, ...] = ((226, 60, 120), (120, 90, 220), (240, 180, 40), (60, 170, 190))
_HAIRLINE_POINTS = 12


def draw_back_hair(canvas: Canvas, shape: Shape) -> None:
    """Draw the hair that falls behind the head, if it is long enough to be seen."""
    length, curl = shape.hair_length, shape.face.traits.curl
    if length <= 0.38 or shape.baldness >= 0.5:
        return
    bottom = 0.12 + 0.42 * length
    width = shape.half_width * (1.10 + 0.22 * curl * length)
    colour = shape.palette.hair_dark
    canvas.block((-width, -shape.half_height * 0.8), (width, bottom), width * 0.7, colour)
    if curl > 0.3:
        _draw_side_curls(canvas, shape, width, bottom)


def draw_beard(canvas: Canvas, shape: Shape, pose: Pose) -> None:
    """Draw a full beard, a moustache or stubble on some men's faces."""
    face = shape.face
    if face.gender != "Male" or face.apparent_years <= 17:
        return
    growth = face.draws.beard * clamp((face.apparent_years - 17) / 6)
    hair = shape.palette.hair
    if growth > 0.62:
        _draw_chin_hair(canvas, shape, pose, hair, 1.0)
        _draw_moustache(canvas, pose, hair)
    elif growth > 0.47:
        _draw_moustache(canvas, pose, hair)
    elif growth > 0.2:
        _draw_chin_hair(canvas, shape, pose, mix(shape.palette.skin, hair, 0.20), 0.88)


def draw_front_hair(canvas: Canvas, shape: Shape) -> None:
    """Draw the hair on top of the head; a baby has a little down, a bald head nothing."""
    if shape.ageing.baby > 0.93:
        _draw_down(canvas, shape)
        return
    if shape.baldness >= 0.86:
        return
    top, side = _crown(shape)
    canvas.polygon(_cap(shape, top, side), shape.palette.hair)
    _draw_outer_curls(canvas, shape, top, side)
    if shape.face.traits.curl > 0.6:
        _draw_inner_curls(canvas, shape, top, side)
    else:
        _draw_strands(canvas, shape, top, side)


def draw_bow(canvas: Canvas, shape: Shape) -> None:
    """Draw a bow in the hair of some girls' faces."""
    draws, ageing = shape.face.draws, shape.ageing
    worn = shape.face.expression > 0.55 and ageing.boyish > 0.3 and ageing.baby < 0.9
    if not worn or draws.jewellery >= 0.72:
        return
    colour = _BOW_COLOURS[min(3, int(draws.lipstick * 4))]
    x = (-0.62 if draws.parting < 0.5 else 0.62) * shape.half_width
    y = -shape.half_height * 0.92
    for side in _SIDES:
        tip = x + side * 0.085
        canvas.polygon([(x, y), (tip, y - 0.05), (tip, y + 0.05)], colour)
    canvas.ellipse((x, y), (0.022, 0.022), mix(colour, (0, 0, 0), 0.2))


def _draw_side_curls(canvas: Canvas, shape: Shape, width: float, bottom: float) -> None:
    """Draw the wavy edge of long hair."""
    curl, height = shape.face.traits.curl, shape.half_height
    radius = 0.03 + 0.035 * curl
    for i in range(9):
        y = -height * 0.5 + (bottom + height * 0.45) * i / 8
        x = width * (0.97 + 0.05 * (i % 2 - 0.5) * curl)
        for side in _SIDES:
            canvas.ellipse((side * x, y), (radius, radius), shape.palette.hair_dark)


def _draw_chin_hair(canvas: Canvas, shape: Shape, pose: Pose, colour: Colour, size: float) -> None:
    """Cover the chin and bare the mouth again."""
    width, height = shape.half_width * size, shape.half_height * size
    chin = (0, shape.half_height * 0.60)
    canvas.ellipse(chin, (width * 0.80 * shape.jaw, height * 0.42), colour)
    mouth = (pose.turn, shape.half_height * (0.20 if size == 1 else 0.26))
    canvas.ellipse(mouth, (width * 0.63, height * 0.30), shape.palette.skin)


def _draw_moustache(canvas: Canvas, pose: Pose, colour: Colour) -> None:
    """Draw a moustache."""
    points = [(pose.turn - 0.07, 0.137), (pose.turn, 0.123), (pose.turn + 0.07, 0.137)]
    canvas.line(points, colour, 0.023)


def _draw_down(canvas: Canvas, shape: Shape) -> None:
    """Draw the faint hair of a newborn, inside the outline of the head."""
    colour = mix(shape.palette.skin, shape.palette.hair, 0.45)
    radii = (shape.half_width * 0.98, shape.half_height * 0.98)
    canvas.polygon(arc((0, 0), radii, math.pi * 1.22, math.pi * 1.78, 16), colour)


def _crown(shape: Shape) -> Point:
    """Return the height and half width of the hair around the head."""
    curl = shape.face.traits.curl
    # A small child's hair lies closer to the head.
    volume = 1 - 0.5 * shape.ageing.baby
    top = shape.half_height * (1 + volume * (0.10 + 0.10 * curl + 0.04 * shape.hair_length))
    return top, shape.half_width * (1 + volume * (0.06 + 0.10 * curl))


def _cap(shape: Shape, top: float, side: float) -> list[Point]:
    """Return the outline of the hair on the head: up one side, over it and along the hairline."""
    covers_temples = shape.face.expression > 0.5 or shape.hair_length > 0.4
    sideburn = 0.02 if covers_temples else 0.03 * shape.face.draws.hair_style - 0.01
    inner = shape.half_width * 0.93
    outer = arc((0, -0.01), (side, top), math.pi, 2 * math.pi, 24)
    hairline = [_hairline_point(shape, 1 - 2 * i / _HAIRLINE_POINTS, inner) for i in range(13)]
    return [
        *outer,
        (side, sideburn),
        (inner, sideburn),
        *hairline,
        (-inner, sideburn),
        (-side, sideburn),
    ]


def _hairline_point(shape: Shape, across: float, inner: float) -> Point:
    """Return a point of the hairline: a fringe, or a parting above receding temples.

    Parameters
    ----------
    shape
        The face.
    across
        From -1 (left temple) to 1 (right temple).
    inner
        Half width of the hairline.

    Returns
    -------
    tuple of float
        The point.
    """
    draws, height = shape.face.draws, shape.half_height
    may_have_fringe = shape.face.expression > 0.5 or shape.ageing.child > 0.2
    if draws.hair_style < 0.34 and may_have_fringe and shape.baldness < 0.1:
        return across * inner, -height * 0.36 - 0.02 * math.cos(across * 3)
    start = 0.52 + 0.30 * shape.baldness + 0.10 * shape.ageing.baby
    temples = 0.16 * shape.baldness if abs(across) > 0.35 else 0.0
    off_centre = across - (draws.parting - 0.5) * 0.7
    return across * inner, height * (0.30 * abs(off_centre) ** 2.2 - start - temples)


def _draw_outer_curls(canvas: Canvas, shape: Shape, top: float, side: float) -> None:
    """Draw curls along the edge of the hair."""
    curl = shape.face.traits.curl
    if curl <= 0.22:
        return
    radius = (0.018 + 0.038 * curl) * (0.8 + 0.2 * shape.hair_length)
    radius *= 1 - 0.5 * shape.ageing.baby
    edge = (side * 0.97, top * 0.97)
    for point in arc((0, 0), edge, math.pi, 2 * math.pi, int(9 + 14 * curl)):
        canvas.ellipse(point, (radius, radius), shape.palette.hair)


def _draw_inner_curls(canvas: Canvas, shape: Shape, top: float, side: float) -> None:
    """Scatter light and dark curls over the hair; multiples of 5 and 7 keep them apart."""
    for i in range(26):
        angle = math.pi * (1.08 + 0.84 * (i * 7 % 26) / 26)
        reach = 0.80 + 0.17 * (i * 5 % 9) / 9
        point = (side * reach * math.cos(angle), top * reach * math.sin(angle))
        colour = shape.palette.hair_light if i % 2 else shape.palette.hair_dark
        canvas.ellipse(point, (0.012, 0.012), colour)


def _draw_strands(canvas: Canvas, shape: Shape, top: float, side: float) -> None:
    """Draw seven light and dark strands, from straight to wavy."""
    for i in range(7):
        angle = math.pi * (1.2 + 0.6 * i / 6)
        across, up = math.cos(angle) * side, math.sin(angle) * top
        start, end = (across * 0.86, up * 0.92), (across * 0.66, up * 0.66)
        wave = 0.02 * shape.face.traits.curl * (-1) ** i
        middle = ((start[0] + end[0]) / 2 + wave, (start[1] + end[1]) / 2)
        colour = shape.palette.hair_light if i % 2 else shape.palette.hair_dark
        canvas.line([start, middle, end], colour, 0.006)
