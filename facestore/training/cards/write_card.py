"""The model card of heads, written from the views of the store."""

from pathlib import Path

from facestore.files import write_text
from facestore.stores import Stores
from facestore.training.cards.card import Figures, render_card
from facestore.training.cards.facts import facts_of
from facestore.training.files import HeadsFile
from facestore.training.gradients.finetuned import FinetunedFile


def write_card(store: Stores, path: Path, heads: HeadsFile | FinetunedFile) -> Path:
    """Write the card of a file of heads beside it; return where.

    Parameters
    ----------
    store
        The store whose figures the card shows.
    path, heads
        The file and what is in it.
    """
    training = heads.training
    figures = store.catalog.training.figures(
        heads.classifier_names, training.get("dataset"), training.get("split")
    )
    card = path.with_suffix(".md")
    write_text(card, render_card(facts_of(heads), Figures(*figures)))
    return card
