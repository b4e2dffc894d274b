"""Cartoon faces with labels, drawn by Pillow alone: data for a demo without a network.

They are drawings, not people. Each label only shifts the distributions from which a few
parameters are drawn (tone of the skin, colour and curl of the hair, proportions, signs of age),
the distributions of all groups overlap, and no feature stands for a group. Labels are inputs of
the drawing, so there is no annotator and no label noise except where it is put in on purpose.

A demo on them shows that the machinery works: images are read, embedded, scored and counted, and
a model that was trained on such drawings beats chance by an amount that is known. It shows nothing
about people, nor about how any model treats photographs of them, nor which groups a model errs on.

The demo's faces are bundled (`scripts/bundle_faces.py`); tests and other scripts draw their own.
"""

from faces.dataset import write_faces
from faces.drawing import render
from faces.identity import (
    AGE_BOUNDS,
    AGES,
    FIRST_DEMO_SEED,
    GENDERS,
    RACES,
    Face,
    make_face,
)
from faces.photo import near_duplicate

__all__ = [
    "AGES",
    "AGE_BOUNDS",
    "FIRST_DEMO_SEED",
    "GENDERS",
    "RACES",
    "Face",
    "make_face",
    "near_duplicate",
    "render",
    "write_faces",
]
