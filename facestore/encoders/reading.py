"""What a tokenizer makes of texts: which are cut, and of which nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

# No tokenizer makes more tokens of a text than it has bytes, and models read 64 or 77 of them, with
# those that begin and end a text. Shorter ones are not worth loading a tokenizer for.
SURELY_READ = 60


@dataclass(frozen=True)
class TextReading:
    """What a model reads of texts.

    Attributes
    ----------
    context
        How many tokens it reads.
    cut
        Texts that are longer.
    blank
        Texts of which no token is left.
    """

    context: int
    cut: tuple[str, ...]
    blank: tuple[str, ...]


def read_texts(tokenizer: Callable[..., torch.Tensor] | Any, texts: Sequence[str]) -> TextReading:
    """Say what a tokenizer of open_clip makes of texts.

    Parameters
    ----------
    tokenizer
        Called with texts and, for a longer context than its own, `context_length`.
    texts
        The texts.
    """
    context = int(tokenizer([""]).shape[1])
    whole = tokenizer(["", *texts], context_length=2 * context)
    nothing, rows = whole[0], whole[1:]
    # Whatever a tokenizer fills up with, it is what an empty text ends with.
    is_cut = (rows[:, context:] != nothing[-1]).any(dim=1).tolist()
    is_blank = (rows == nothing).all(dim=1).tolist()
    return TextReading(
        context,
        cut=tuple(text for text, cut in zip(texts, is_cut, strict=True) if cut),
        blank=tuple(text for text, blank in zip(texts, is_blank, strict=True) if blank),
    )
