"""Where stages and stores are joined, in the order in which data flow."""

from __future__ import annotations

from facestore.pipeline.context import Stores

__all__ = ["Stores"]
