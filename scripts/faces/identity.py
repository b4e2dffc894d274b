"""Who a cartoon face is: its labels, and the parameters it is drawn with.

A group (gender, race, age) only shifts the distributions from which a few parameters are drawn.
The distributions of any two groups overlap, so no drawing gives its labels away for certain.
"""

import random
from dataclasses import dataclass

GENDERS = ("Male", "Female")
RACES = (
    "White",
    "Black",
    "Indian",
    "Latino_Hispanic",
    "Southeast Asian",
    "East Asian",
    "Middle Eastern",
)
AGES = ("0-2", "3-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "more than 70")
AGE_BOUNDS = ((0, 3), (3, 10), (10, 20), (20, 30), (30, 40), (40, 50), (50, 60), (60, 70), (70, 90))

# The bundled model was trained on faces with seeds below this number; demonstrations and
# evaluations use seeds from here on, so that they show faces the model has never seen.
FIRST_DEMO_SEED = 1_000_000


@dataclass(frozen=True)
class Traits:
    """Parameters whose distribution depends on race; each lies in [0, 1].

    Attributes
    ----------
    skin
        Lightness of the skin.
    hue
        Undertone of the skin, from rosy (0) to golden (1).
    hair
        Lightness of the hair before it greys.
    curl
        How curly the hair is, from straight (0) to tight curls (1).
    eye
        Height of the eye opening.
    brow
        Thickness of the eyebrows.
    width
        Width of the face.
    nose
        Width of the nose.
    """

    skin: float
    hue: float
    hair: float
    curl: float
    eye: float
    brow: float
    width: float
    nose: float


@dataclass(frozen=True)
class Draws:
    """Parameters that vary alike in every group.

    Attributes
    ----------
    baldness, hair_style, parting, beard, colour, glasses, lipstick, jewellery
        Uniform in [0, 1]: thresholds and positions that the drawing code interprets.
    eye_spacing, mouth_width, nose_length, chin, ear, greying, wrinkles, hair_length
        Standard normal deviates around the size that the labels suggest.
    """

    baldness: float
    hair_style: float
    parting: float
    beard: float
    colour: float
    glasses: float
    lipstick: float
    jewellery: float
    eye_spacing: float
    mouth_width: float
    nose_length: float
    chin: float
    ear: float
    greying: float
    wrinkles: float
    hair_length: float


@dataclass(frozen=True)
class Face:
    """A drawn identity: everything that stays the same between two pictures of one face.

    Attributes
    ----------
    seed
        Seed the face was made from.
    gender, race, age
        Labels as FairFace writes them; see `GENDERS`, `RACES` and `AGES`.
    years
        Age in years, inside the bounds of the age group.
    apparent_years
        Age in years that the drawing shows: `years` with an error that grows with age.
    expression
        Gender expression of the drawing, about 0 (masculine) to 1 (feminine); may pass the ends.
    traits, draws
        Parameters of the drawing.
    """

    seed: int
    gender: str
    race: str
    age: str
    years: float
    apparent_years: float
    expression: float
    traits: Traits
    draws: Draws


_MEANS = {
    "White": Traits(0.88, 0.22, 0.46, 0.32, 0.50, 0.42, 0.46, 0.44),
    "Black": Traits(0.24, 0.50, 0.05, 0.86, 0.53, 0.50, 0.49, 0.60),
    "Indian": Traits(0.42, 0.62, 0.07, 0.30, 0.56, 0.62, 0.46, 0.50),
    "Latino_Hispanic": Traits(0.60, 0.44, 0.18, 0.40, 0.50, 0.52, 0.49, 0.50),
    "Southeast Asian": Traits(0.60, 0.80, 0.08, 0.15, 0.42, 0.44, 0.52, 0.55),
    "East Asian": Traits(0.82, 0.74, 0.07, 0.08, 0.36, 0.40, 0.53, 0.46),
    "Middle Eastern": Traits(0.70, 0.46, 0.16, 0.46, 0.52, 0.70, 0.46, 0.52),
}
_DEVIATIONS = Traits(0.075, 0.11, 0.10, 0.13, 0.055, 0.10, 0.030, 0.06)
_LIGHT_HAIR_SPREAD = 2.2  # from black to blond within one group
_EXPRESSION_MEANS = {"Male": 0.16, "Female": 0.84}
_EXPRESSION_DEVIATION = 0.15


def make_face(
    seed: int, *, gender: str | None = None, race: str | None = None, age: str | None = None
) -> Face:
    """Draw an identity from a seed; labels that are not given are drawn too, all equally likely.

    Parameters
    ----------
    seed
        Any integer. The same seed and labels always give the same face.
    gender, race, age
        Labels to keep fixed, from `GENDERS`, `RACES` and `AGES`.

    Returns
    -------
    Face
        The identity.

    Raises
    ------
    ValueError
        If a label is not one of those listed.
    """
    stream = random.Random(f"face-{seed}")
    # One draw per label even where it is given: the later draws then stay the same.
    gender = _pick(GENDERS, gender, stream.random())
    race = _pick(RACES, race, stream.random())
    age = _pick(AGES, age, stream.random())
    low, high = AGE_BOUNDS[AGES.index(age)]
    years = low + (high - low) * stream.random()
    apparent = max(0.0, years + stream.gauss(0, 0.4 + 0.065 * years))
    expression = stream.gauss(_expression_mean(gender, years), _EXPRESSION_DEVIATION)
    traits = _draw_traits(stream, race)
    return Face(seed, gender, race, age, years, apparent, expression, traits, _draw_rest(stream))


def _pick(names: tuple[str, ...], given: str | None, draw: float) -> str:
    """Return the given label if it is one, or else the one that a draw in [0, 1) points at."""
    if given is None:
        return names[int(draw * len(names))]
    if given not in names:
        raise ValueError(f"Unknown label '{given}'; expected one of {', '.join(names)}.")
    return given


def _expression_mean(gender: str, years: float) -> float:
    """Return the mean gender expression of a gender; children are drawn nearer to each other."""
    mean = _EXPRESSION_MEANS[gender]
    childhood = max(0.0, (16 - years) / 16)
    return mean + (0.5 - mean) * 0.25 * childhood


def _draw_traits(stream: random.Random, race: str) -> Traits:
    """Draw the parameters that depend on race."""
    drawn = {}
    for name, mean in vars(_MEANS[race]).items():
        deviation = getattr(_DEVIATIONS, name)
        if name == "hair" and race == "White":
            deviation *= _LIGHT_HAIR_SPREAD
        drawn[name] = min(1.0, max(0.0, stream.gauss(mean, deviation)))
    return Traits(**drawn)


def _draw_rest(stream: random.Random) -> Draws:
    """Draw the parameters that vary alike in every group."""
    uniform = [stream.random() for _ in range(8)]
    normal = [stream.gauss(0, 1) for _ in range(8)]
    return Draws(*uniform, *normal)
