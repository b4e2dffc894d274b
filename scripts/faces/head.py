"""The head without its hair and features: shoulders, ears, skull, cheeks and lines of age."""

import math

from faces.canvas import Canvas, Point, clamp, mix
from faces.shape import Pose, Shape

_SIDES = (-1, 1)
_OUTLINE_POINTS = 48


def draw_shoulders(canvas: Canvas, shape: Shape, pose: Pose) -> None:
    """Draw the neck, the clothes and the collar."""
    shade = shape.palette.shade
    child = shape.ageing.child
    neck = shape.half_width * (0.62 - 0.17 * shape.femininity - 0.08 * child)
    shoulders = 0.33 + 0.10 * (1 - shape.femininity) - 0.09 * child
    canvas.block((-neck, 0.15), (neck, 0.50), 0, shade)
    canvas.block((-shoulders, 0.42), (shoulders, 0.90), 0.12, pose.clothes)
    canvas.ellipse((0, 0.415), (neck * 1.1, 0.045), shade)


def draw_ears(canvas: Canvas, shape: Shape) -> None:
    """Draw the ears, some with earrings."""
    face = shape.face
    height = 0.052 + 0.004 * face.draws.ear + 0.006 * shape.ageing.old
    earrings = face.draws.jewellery < 0.55 and face.expression > 0.55 and face.apparent_years > 8
    for side in _SIDES:
        x = side * shape.half_width
        canvas.ellipse((x * 0.985, 0.015), (height * 0.62, height), shape.palette.shade)
        if earrings:
            canvas.ellipse((x, 0.015 + height * 1.1), (0.013, 0.017), (240, 205, 90))


def draw_skull(canvas: Canvas, shape: Shape) -> None:
    """Draw the filled outline of the head."""
    skin = shape.palette.skin
    canvas.polygon([_outline_point(shape, i) for i in range(_OUTLINE_POINTS)], skin)


def draw_cheeks(canvas: Canvas, shape: Shape, pose: Pose) -> None:
    """Draw the blush of the cheeks: stronger in children."""
    feminine = shape.face.expression > 0.6
    strength = 0.10 + 0.14 * shape.ageing.child + (0.05 if feminine else 0.0)
    blush = mix(shape.palette.skin, (222, 92, 92), strength)
    for side in _SIDES:
        canvas.ellipse((side * shape.half_width * 0.56 + pose.turn, 0.085), (0.05, 0.036), blush)


def draw_wrinkles(canvas: Canvas, shape: Shape, pose: Pose) -> None:
    """Draw the lines of age on the forehead, beside the nose, at the eyes and on the cheeks."""
    depth = clamp(shape.ageing.old * (1 + 0.12 * shape.face.draws.wrinkles))
    if depth <= 0.05:
        return
    _draw_forehead_lines(canvas, shape, pose, depth)
    for side in _SIDES:
        _draw_side_lines(canvas, shape, pose, depth, side)


def _outline_point(shape: Shape, index: int) -> Point:
    """Return a point of the head's outline: an ellipse that narrows towards the jaw."""
    angle = 2 * math.pi * index / _OUTLINE_POINTS
    x, y = math.cos(angle), math.sin(angle)
    if y <= 0:
        return x * shape.half_width, y * shape.half_height
    narrowing = 1 - (1 - shape.jaw) * 1.15 * y**1.3
    chin = 1 + 0.03 * shape.face.draws.chin
    return x * shape.half_width * narrowing, y * shape.half_height * chin


def _draw_forehead_lines(canvas: Canvas, shape: Shape, pose: Pose, depth: float) -> None:
    """Draw up to four lines across the forehead."""
    colour = mix(shape.palette.skin, shape.palette.deep, clamp(0.30 + 1.1 * depth))
    reach = shape.half_width * 0.48
    for i in range(int(0.3 + depth * 4.6)):
        y = -shape.half_height * (0.50 + 0.085 * i)
        points = [(pose.turn - reach, y + 0.006), (pose.turn, y - 0.006)]
        points.append((pose.turn + reach, y + 0.006))
        canvas.line(points, colour, 0.006 + 0.007 * depth)


def _draw_side_lines(canvas: Canvas, shape: Shape, pose: Pose, depth: float, side: int) -> None:
    """Draw the lines of one side: beside the mouth, at the corner of the eye, on the cheek."""
    colour = mix(shape.palette.skin, shape.palette.deep, clamp(0.30 + 1.1 * depth))
    width = 0.006 + 0.007 * depth
    mouth = [
        (pose.turn + side * shape.nose_width * 1.25, shape.nose_y - 0.005),
        (pose.turn + side * (shape.mouth_width + 0.008), shape.mouth_y - 0.022),
        (pose.turn + side * (shape.mouth_width + 0.016), shape.mouth_y + 0.010),
    ]
    canvas.line(mouth, colour, width)
    corner = side * (shape.eye_x + shape.eye_width * 1.15) + pose.turn
    for i in range(int(0.4 + depth * 4.2)):
        start = (corner, shape.eye_y + (i - 1) * 0.010)
        end = (corner + side * 0.034, shape.eye_y + (i - 1) * 0.022)
        canvas.line([start, end], colour, width * 0.8)
    if depth > 0.55:
        x, y = side * shape.half_width, shape.half_height
        canvas.line([(x * 0.62, y * 0.34), (x * 0.50, y * 0.62)], colour, width)
