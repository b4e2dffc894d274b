"""Modes of files that hold for root as well."""

from __future__ import annotations

import ctypes
import os


def obey_modes():
    """Give up root's right to write everywhere: CAP_DAC_OVERRIDE leaves the bounding set."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)
