"""Training: labels become heads, on vectors or on images, and heads become predictions.

`plan.py` carries out every training; probes/, gradients/ and published/ are where heads come from.
"""

from __future__ import annotations

from facestore.training.features import Features, Part
from facestore.training.files import Head, HeadsFile, load_heads, save_heads
from facestore.training.probes.probe import (
    FittedHead,
    SweepStep,
    fit_softmax,
    sweep_l2,
)
from facestore.training.selection import few_shot, held_back, samples_sha256

__all__ = [
    "Features",
    "FittedHead",
    "Head",
    "HeadsFile",
    "Part",
    "SweepStep",
    "few_shot",
    "fit_softmax",
    "held_back",
    "load_heads",
    "samples_sha256",
    "save_heads",
    "sweep_l2",
]
