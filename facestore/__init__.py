"""facestore: an embedding store and fairness analytics for CLIP models on face images.

It predicts *perceived* attributes for research on bias, never for surveillance or for decisions
about people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facestore.store import Store

__all__ = ["Store", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load `Store` when it is asked for: `facestore --help` needs none of what it imports."""
    if name == "Store":
        from facestore.store import Store

        return Store
    message = f"module 'facestore' has no attribute {name!r}"
    raise AttributeError(message)
