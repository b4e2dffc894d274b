"""What there is to know of prompts before their scores are believed: cut, blank, the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from facestore.encoders.encoder import LazyEncoder
from facestore.errors import by_number, counted, preview
from facestore.records import Float32, Prompt, PromptSet

# Cosines of texts of which a model reads the same differ from 1 by rounding alone.
_SAME = 1 - 1e-6
_AT_ONCE = 2048
_SHOWN = 60


def notes_on(
    prompt_set: PromptSet,
    vectors: Mapping[str, Float32],
    encoder: str,
    model: LazyEncoder | None,
) -> Iterator[str]:
    """Yield a line about each kind of prompt that a model does not read as it is meant.

    Parameters
    ----------
    prompt_set
        The prompts.
    vectors
        float32 (D,) unit vector of each text.
    encoder
        What the model is called.
    model
        Its tokenizer says what is cut; None: not known.
    """
    whose = f"of {prompt_set.name!r}"
    reading = None if model is None else model.reading([p.text for p in prompt_set.prompts])
    cut: set[str] = set()
    if reading is not None:
        cut = set(reading.cut)
        if reading.cut:
            yield (
                f"{_many(reading.cut)} {whose} {_are(reading.cut)} longer than the "
                f"{reading.context:,} tokens that {encoder} reads, and cut: {_shown(reading.cut)}"
            )
        if reading.blank:
            yield (
                f"{_many(reading.blank)} {whose} {_are(reading.blank)} blank to {encoder}: "
                f"{_shown(reading.blank)}"
            )
    for group in _same(prompt_set.prompts, vectors):
        texts = [each.text for each in group]
        after = ", after the cut" if cut.issuperset(texts) else ""
        apart = sorted({a for each in group for a in each.classes if _names_several(group, a)})
        told = f"; nothing can decide between their classes of {', '.join(apart)}" if apart else ""
        yield f"{_many(texts)} {whose} are the same to {encoder}{after}: {_shown(texts)}{told}"


def _same(prompts: Sequence[Prompt], vectors: Mapping[str, Float32]) -> Iterator[list[Prompt]]:
    """Yield prompts that have one vector, two or more at a time."""
    rows = np.stack([vectors[each.text] for each in prompts])
    seen: set[int] = set()
    for start in range(0, len(rows), _AT_ONCE):
        cosines = rows[start : start + _AT_ONCE] @ rows.T
        for i, j in enumerate(range(start, start + len(cosines))):
            same = np.flatnonzero(cosines[i] > _SAME).tolist()
            if len(same) > 1 and j not in seen:
                seen.update(same)
                yield [prompts[each] for each in same]


def _names_several(group: Sequence[Prompt], attribute: str) -> bool:
    return len({each.classes.get(attribute) for each in group}) > 1


def _many(texts: Sequence[str]) -> str:
    return counted(len(texts), "prompt")


def _are(texts: Sequence[str]) -> str:
    return by_number(len(texts), "is", "are")


def _shown(texts: Sequence[str]) -> str:
    return preview([repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…") for text in texts])
