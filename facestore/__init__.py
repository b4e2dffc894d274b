"""facestore: an embedding store and fairness analytics for CLIP models on face images.

It predicts *perceived* attributes for research on bias, never for surveillance or for decisions
about people.
"""

from __future__ import annotations

__version__ = "0.1.0"
