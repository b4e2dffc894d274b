"""The features of a face: eyes, brows, nose, mouth and glasses."""

import math

from faces.canvas import Canvas, Colour, Point, arc, clamp, mix
from faces.shape import Pose, Shape

_SIDES = (-1, 1)
_LASHES: Colour = (12, 9, 10)


def draw_eyes(canvas: Canvas, shape: Shape, pose: Pose) -> None:
    """Draw both eyes with their bags, lashes and brows."""
    for side in _SIDES:
        centre = (side * shape.eye_x + pose.turn, shape.eye_y)
        _draw_eye_bag(canvas, shape, centre)
        _draw_eyeball(canvas, shape, pose, centre)
        _draw_lashes(canvas, shape, pose, centre, side)
        _draw_brow(canvas, shape, centre, side)


def draw_nose(canvas: Canvas, shape: Shape, pose: Pose) -> None:
    """Draw the ridge, the tip, the wings and the nostrils."""
    palette, width, y = shape.palette, shape.nose_width, shape.nose_y
    x = pose.turn * 1.6  # the nose stands out, so it moves further than the eyes
    ridge = [(pose.turn * 1.5 + width * 0.45, shape.eye_y + 0.02), (x + width * 0.62, y - 0.018)]
    canvas.line(ridge, palette.shade, 0.009)
    highlight = mix(palette.skin, (255, 240, 225), 0.10)
    canvas.ellipse((x, y - 0.006), (width * 0.62, 0.017), highlight)
    for side in _SIDES:
        canvas.ellipse((x + side * width * 0.72, y), (width * 0.36, 0.013), palette.shade)
        canvas.ellipse((x + side * width * 0.45, y + 0.006), (width * 0.17, 0.006), palette.deep)


def draw_mouth(canvas: Canvas, shape: Shape, pose: Pose) -> None:
    """Draw the lips, with the teeth in a wide smile."""
    colour = _lip_colour(shape)
    fullness = 0.012 + 0.010 * shape.face.traits.nose + 0.006 * shape.face.expression
    thickness = fullness * (1 - 0.50 * shape.ageing.old)
    curve = _mouth_curve(shape, pose)
    canvas.line(curve, colour, thickness * 2)
    if pose.smile > 0.55:
        teeth = [(x * 0.8 + pose.turn * 0.2, y) for x, y in curve[1:-1]]
        canvas.line(teeth, (244, 240, 234), thickness * 0.9)
    else:
        canvas.line(curve, mix(colour, (40, 8, 10), 0.5), 0.005)


def draw_glasses(canvas: Canvas, shape: Shape, pose: Pose) -> None:
    """Draw glasses on a face that wears them: more of the old do."""
    face = shape.face
    wearer = face.draws.glasses < 0.10 + 0.28 * shape.ageing.old and face.apparent_years > 5
    if not (wearer and pose.glasses):
        return
    lens = shape.eye_width * 1.55
    for side in _SIDES:
        centre = (side * shape.eye_x + pose.turn, shape.eye_y + 0.004)
        canvas.frame(centre, (lens, lens * 0.8), lens * 0.5, pose.frames, 0.010)
    inner = shape.eye_x - shape.eye_width * 1.5
    bridge = [(pose.turn - inner, shape.eye_y), (pose.turn + inner, shape.eye_y)]
    canvas.line(bridge, pose.frames, 0.009)


def _draw_eye_bag(canvas: Canvas, shape: Shape, centre: Point) -> None:
    """Draw the bag under an eye, from middle age on."""
    if shape.ageing.old <= 0.25:
        return
    x, y = centre
    width, height = shape.eye_width, shape.eye_height
    colour = mix(shape.palette.skin, shape.palette.shade, clamp(shape.ageing.old * 1.2))
    canvas.ellipse((x, y + height * 1.35), (width * 0.95, height * 0.75), colour)
    canvas.ellipse((x, y + height * 0.90), (width * 0.92, height * 0.60), shape.palette.skin)


def _draw_eyeball(canvas: Canvas, shape: Shape, pose: Pose, centre: Point) -> None:
    """Draw the white, the iris, the pupil and the glint of an eye."""
    x, y = centre
    width, height, open_share = shape.eye_width, shape.eye_height, pose.eyelids
    canvas.ellipse(centre, (width, height * open_share), (246, 244, 240))
    iris = min(width * 0.52, height * 1.02)
    looks_at = (x + pose.gaze * width, y)
    canvas.ellipse(looks_at, (iris, iris * open_share), _iris_colour(shape))
    canvas.ellipse(looks_at, (iris * 0.5, iris * 0.5 * open_share), (12, 10, 10))
    glint = (looks_at[0] - iris * 0.3, y - iris * 0.3)
    canvas.ellipse(glint, (iris * 0.2, iris * 0.2), (255, 255, 255))


def _iris_colour(shape: Shape) -> Colour:
    """Return brown, or from blue to green in some faces with light hair."""
    colour = shape.face.draws.colour
    if shape.face.traits.hair > 0.28 and colour > 0.35:
        return mix((70, 110, 150), (86, 118, 70), (colour - 0.35) / 0.65)
    return 66, 42, 26


def _draw_lashes(canvas: Canvas, shape: Shape, pose: Pose, centre: Point, side: int) -> None:
    """Draw the upper lid, heavier with gender expression, and the outer lash of some faces."""
    width, height = shape.eye_width, shape.eye_height
    feminine = 0.012 * clamp((shape.femininity - 0.45) * 2) * (1 - 0.6 * shape.ageing.baby)
    lid = arc(centre, (width, height * pose.eyelids), math.pi, 2 * math.pi, 8)
    canvas.line(lid, mix(shape.palette.deep, (10, 8, 8), 0.6), 0.006 + feminine)
    if shape.face.expression > 0.62 and shape.face.apparent_years > 12:
        corner = centre[0] + side * width
        tip = (centre[0] + side * width * 1.28, centre[1] - height * 0.75)
        canvas.line([(corner, centre[1] - 0.004), tip], _LASHES, 0.008)


def _draw_brow(canvas: Canvas, shape: Shape, centre: Point, side: int) -> None:
    """Draw an eyebrow: its outer end hangs lower than its inner one."""
    ageing, expression = shape.ageing, shape.face.expression
    thickness = 0.009 + 0.020 * shape.face.traits.brow + 0.014 * (1 - shape.femininity)
    thickness *= (1 - 0.35 * ageing.child) * (1 - 0.4 * ageing.baby)
    hair = mix(shape.palette.hair, (20, 14, 10), 0.25)
    colour = mix(hair, shape.palette.skin, 0.10 + 0.45 * ageing.baby)
    x, reach = centre[0], shape.eye_width * 1.15
    y = centre[1] - shape.eye_height - 0.030 - 0.012 * expression
    points = [
        (x - side * reach, y + 0.0016),
        (x, y - 0.010 - 0.006 * expression),
        (x + side * reach, y + 0.008),
    ]
    canvas.line(points, colour, thickness)


def _lip_colour(shape: Shape) -> Colour:
    """Return the colour of the lips, painted in some women's faces."""
    face = shape.face
    colour = mix(shape.palette.skin, (170, 62, 66), 0.36 + 0.20 * shape.femininity)
    painted = face.expression > 0.58 and face.apparent_years > 14 and face.draws.lipstick < 0.6
    return mix(colour, (196, 22, 58), 0.65) if painted else colour


def _mouth_curve(shape: Shape, pose: Pose) -> list[Point]:
    """Return nine points along the line between the lips: a parabola."""
    offsets = [i / 4 - 1 for i in range(9)]
    lift = 0.010 * pose.smile
    return [
        (
            pose.turn + shape.mouth_width * offset,
            shape.mouth_y + lift - 0.022 * pose.smile * offset**2,
        )
        for offset in offsets
    ]
