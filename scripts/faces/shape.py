"""Proportions and colours of a face, worked out once from its parameters for all its parts."""

import random
from dataclasses import dataclass

from faces.canvas import Colour, clamp, mix
from faces.identity import Face

_SHADOW: Colour = (40, 18, 14)
_GREY: Colour = (205, 205, 208)


@dataclass(frozen=True)
class Ageing:
    """How far each change that comes with age has gone, as shares from 0 to 1.

    Attributes
    ----------
    baby
        1 for a newborn, 0 from 3.5 years.
    child
        1 for a newborn, 0 from 14 years: proportions of the face.
    boyish
        1 up to 10 years, 0 from 15: children show gender by hair and bows, not by bones.
    growing
        1 up to 6 years, 0 from 24: the slow part of growing up.
    old
        0 up to 22 years, 1 from 76.
    """

    baby: float
    child: float
    boyish: float
    growing: float
    old: float


@dataclass(frozen=True)
class Palette:
    """Colours of one face."""

    skin: Colour
    shade: Colour
    deep: Colour
    hair: Colour
    hair_dark: Colour
    hair_light: Colour


@dataclass(frozen=True)
class Pose:
    """What differs between two pictures of a face.

    Attributes
    ----------
    turn
        Sideways shift of the features, in face units.
    smile
        Curvature of the mouth: below 0 a frown, above 0.55 the teeth show.
    eyelids
        Share of the eye opening that is open.
    gaze
        Sideways shift of the pupils, as a share of the width of the eye.
    clothes, frames
        Colours of the clothes and of the glasses.
    glasses
        Whether a wearer of glasses has them on.
    """

    turn: float
    smile: float
    eyelids: float
    gaze: float
    clothes: Colour
    frames: Colour
    glasses: bool


@dataclass(frozen=True)
class Shape:
    """Proportions of a face in face units, with its colours.

    Attributes
    ----------
    face, ageing, palette
        What the proportions follow from.
    half_width, half_height
        Half axes of the head.
    jaw
        Width of the jaw as a share of the width of the head.
    femininity
        Gender expression as the bones, brows and lips show it: damped in children.
    hair_length
        0 (cropped) to 1 (long).
    baldness
        0 (full hair) to 1 (none on top).
    eye_x, eye_y, eye_width, eye_height
        Place and half axes of an eye.
    nose_width, nose_y
        Half width of the nose and height of its tip.
    mouth_y, mouth_width
        Height and half width of the mouth.
    """

    face: Face
    ageing: Ageing
    palette: Palette
    half_width: float
    half_height: float
    jaw: float
    femininity: float
    hair_length: float
    baldness: float
    eye_x: float
    eye_y: float
    eye_width: float
    eye_height: float
    nose_width: float
    nose_y: float
    mouth_y: float
    mouth_width: float


def shape_of(face: Face) -> Shape:
    """Work out the proportions and colours of a face."""
    ageing = _ageing(face.apparent_years)
    traits, draws, expression = face.traits, face.draws, face.expression
    child, baby, old, growing = ageing.child, ageing.baby, ageing.old, ageing.growing
    femininity = expression + (0.5 - expression) * 0.85 * ageing.boyish
    half_width = 0.245 + 0.35 * (traits.width - 0.48) + 0.018 * child + 0.008 * baby
    eye_y = -0.034 + 0.030 * child + 0.020 * baby + 0.016 * growing
    eye_width = 0.043 + 0.006 * child + 0.004 * growing + 0.002 * expression
    opening = 0.28 + 0.62 * traits.eye + 0.10 * expression + 0.14 * child + 0.10 * growing
    nose_length = 0.095 + 0.006 * draws.nose_length + 0.012 * old - 0.045 * child
    return Shape(
        face=face,
        ageing=ageing,
        palette=_palette(face, child),
        half_width=half_width,
        half_height=0.340 - 0.045 * child - 0.030 * baby - 0.018 * growing,
        jaw=clamp(
            0.93 - 0.28 * femininity + 0.025 * draws.chin + 0.06 * child + 0.10 * old, 0.55, 1.08
        ),
        femininity=femininity,
        hair_length=_hair_length(face, ageing),
        baldness=_baldness(face),
        eye_x=(0.098 + 0.006 * draws.eye_spacing) * (1 + 0.05 * child) * half_width / 0.245,
        eye_y=eye_y,
        eye_width=eye_width,
        eye_height=eye_width * opening * (1 - 0.30 * old),
        nose_width=(0.026 + 0.030 * traits.nose - 0.004 * expression) * (1 - 0.12 * child),
        nose_y=eye_y + nose_length,
        mouth_y=0.172 - 0.004 * old - 0.018 * child - 0.010 * baby,
        mouth_width=(0.072 + 0.006 * draws.mouth_width) * (1 - 0.16 * child),
    )


def draw_pose(stream: random.Random) -> Pose:
    """Draw what differs between two pictures of a face."""
    return Pose(
        turn=stream.gauss(0, 0.035),
        smile=stream.gauss(0.35, 0.5),
        eyelids=0.6 if stream.random() < 0.08 else 1.0,
        gaze=stream.gauss(0, 0.05),
        clothes=(stream.randrange(20, 240), stream.randrange(20, 240), stream.randrange(20, 240)),
        frames=stream.choice(((20, 20, 24), (90, 50, 30), (150, 150, 160))),
        glasses=stream.random() < 0.85,
    )


def _ageing(years: float) -> Ageing:
    """Work out how far the changes of age have gone."""
    return Ageing(
        baby=clamp((3.5 - years) / 3.5),
        child=clamp((14 - years) / 14),
        boyish=clamp((15 - years) / 5),
        growing=clamp((24 - years) / 18),
        old=clamp((years - 22) / 54),
    )


def _palette(face: Face, child: float) -> Palette:
    """Work out the colours of a face."""
    traits, draws = face.traits, face.draws
    skin = _skin_colour(traits.skin, traits.hue)
    lightness = traits.hair + (0.12 * child if traits.hair > 0.2 else 0.0)
    greyness = 0.97 * clamp((face.apparent_years - 40 + 6 * draws.greying) / 34)
    hair = mix(_hair_colour(lightness, red=draws.colour > 0.9), _GREY, greyness)
    return Palette(
        skin=skin,
        shade=mix(skin, _SHADOW, 0.22),
        deep=mix(skin, _SHADOW, 0.42),
        hair=hair,
        hair_dark=mix(hair, (0, 0, 0), 0.28),
        hair_light=mix(hair, (255, 255, 255), 0.13),
    )


def _skin_colour(lightness: float, hue: float) -> Colour:
    """Return the colour of skin, through dark, middle and light tones of the same hue."""
    dark = mix((66, 40, 32), (72, 46, 24), hue)
    middle = mix((186, 122, 98), (190, 136, 84), hue)
    light = mix((252, 218, 204), (250, 222, 180), hue)
    if lightness < 0.55:
        return mix(dark, middle, lightness / 0.55)
    return mix(middle, light, (lightness - 0.55) / 0.45)


def _hair_colour(lightness: float, *, red: bool) -> Colour:
    """Return the colour of hair: black, brown, fair, or red if it is neither black nor grey."""
    colour = mix((24, 20, 22), (96, 62, 38), clamp(lightness / 0.4))
    colour = mix(colour, (222, 184, 112), clamp((lightness - 0.4) / 0.5))
    return mix(colour, (176, 78, 34), 0.7) if red and lightness > 0.25 else colour


def _hair_length(face: Face, ageing: Ageing) -> float:
    """Return the length of the hair: it tells more about gender in children than in adults."""
    spread = face.draws.hair_length
    as_child = 1.15 * face.expression - 0.08 + 0.13 * spread
    as_adult = 0.62 * face.expression + 0.17 + 0.22 * spread
    length = ageing.boyish * as_child + (1 - ageing.boyish) * as_adult
    return clamp(length) * (1 - 0.9 * ageing.baby) * (1 - 0.35 * ageing.old)


def _baldness(face: Face) -> float:
    """Return how bald a face is: some men, from 27 years on."""
    affected = face.gender == "Male" and face.apparent_years > 26 and face.draws.baldness < 0.62
    if not affected:
        return 0.0
    return clamp((face.apparent_years - 24) / 56 + 0.18 * (0.4 - face.draws.baldness))
