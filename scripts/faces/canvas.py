"""Drawing primitives in face units, and colours.

Face units are fractions of the scale of a picture (about its width), with the origin between the
eyes and the nose, x to the right and y down.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """Return a value, or the nearer bound if it lies outside."""
    return min(high, max(low, value))


def mix(start: Colour, end: Colour, share: float) -> Colour:
    """Return the colour that lies a share (0 to 1) of the way from one colour to another."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return red, green, blue


def arc(centre: Point, radii: Point, start: float, end: float, segments: int) -> list[Point]:
    """Return points along an ellipse between two angles.

    Parameters
    ----------
    centre, radii
        In face units.
    start, end
        Angles in radians, clockwise from the right as seen on the picture.
    segments
        Number of straight pieces; one point more is returned.

    Returns
    -------
    list of tuple of float
        The points in order.
    """
    angles = [start + (end - start) * i / segments for i in range(segments + 1)]
    return [
        (centre[0] + radii[0] * math.cos(angle), centre[1] + radii[1] * math.sin(angle))
        for angle in angles
    ]


@dataclass(frozen=True)
class Canvas:
    """A transparent layer that is drawn on in face units.

    Attributes
    ----------
    image
        The layer, RGBA.
    centre
        Where the origin of the face units lies, in pixels.
    scale
        Pixels per face unit.
    """

    image: Image.Image
    centre: Point
    scale: float

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        """Pillow's drawing object of the layer."""
        return ImageDraw.Draw(self.image)

    def pixel(self, point: Point) -> Point:
        """Return a point in pixels."""
        return self.centre[0] + point[0] * self.scale, self.centre[1] + point[1] * self.scale

    def ellipse(self, centre: Point, radii: Point, colour: Colour) -> None:
        """Fill an ellipse."""
        self.pen.ellipse(self._box(centre, radii), fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line through points, at least one pixel wide."""
        pixels = max(1, int(width * self.scale))
        self.pen.line([self.pixel(p) for p in points], fill=colour, width=pixels, joint="curve")

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        self.pen.polygon([self.pixel(point) for point in points], fill=colour)

    def block(self, corner: Point, opposite: Point, radius: float, colour: Colour) -> None:
        """Fill a rectangle with rounded corners, given by its upper left and lower right."""
        self.pen.rounded_rectangle(
            (*self.pixel(corner), *self.pixel(opposite)), radius=radius * self.scale, fill=colour
        )

    def frame(
        self, centre: Point, radii: Point, corner: float, colour: Colour, width: float
    ) -> None:
        """Outline a rectangle with rounded corners."""
        self.pen.rounded_rectangle(
            self._box(centre, radii),
            radius=corner * self.scale,
            outline=colour,
            width=max(1, int(width * self.scale)),
        )

    def _box(self, centre: Point, radii: Point) -> tuple[float, float, float, float]:
        """Return the bounding box in pixels of an ellipse or rectangle around a centre."""
        left, top = self.pixel((centre[0] - radii[0], centre[1] - radii[1]))
        right, bottom = self.pixel((centre[0] + radii[0], centre[1] + radii[1]))
        return left, top, right, bottom
