"""The model card of heads, written from the views of the store."""

from __future__ import annotations

from pathlib import Path

from facestore.pipeline.context import Stores
from facestore.training import HeadsFile
from facestore.training.card import render_card


def write_card(stores: Stores, path: Path, heads: HeadsFile) -> Path:
    """Write the card of a file of heads beside it; return where.

    Parameters
    ----------
    stores
        The store whose figures the card shows.
    path, heads
        The file and what is in it.
    """
    names = [heads.classifier_name(head) for head in heads.heads]
    trained_on = [heads.training.get("dataset"), heads.training.get("split")]
    summary, groups = stores.catalog.training.figures(names, *trained_on)
    card = path.with_suffix(".md")
    unfinished = card.with_name(f".{card.name}.new")
    unfinished.write_text(render_card(heads, summary, groups), encoding="utf-8")
    unfinished.replace(card)
    return card
