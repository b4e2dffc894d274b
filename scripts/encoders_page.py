"""Write what the families of open_clip's models can do into docs/encoders.md.

Each is built small, with random weights, and asked. `make docs` runs this; a test holds the page
against it.
"""

from __future__ import annotations

import re
from pathlib import Path

from families import FAMILIES, built, models_of

from facestore.explaining.methods import METHODS, supported_methods
from facestore.training.gradients.tower_parts import tower_parts

PAGE = Path(__file__).parents[1] / "docs" / "encoders.md"
_PART = re.compile(r"(<!-- generated: families -->\n).*?(<!-- end of generated -->)", re.DOTALL)
_N_NAMED = 2


def main() -> None:
    """Write the page."""
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def render(page: str) -> str:
    """Return the page with its table as the models have it now."""
    return _PART.sub(lambda found: f"{found[1]}\n{_table()}\n\n{found[2]}", page)


def _table() -> str:
    names = (
        "family",
        "models of open_clip",
        "`train heads --blocks` counts",
        "`explain`",
        "prompts",
    )
    head = f"| {' | '.join(names)} |"
    rows = [_row(name) for name in FAMILIES]
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def _row(name: str) -> str:
    model = built(name)
    methods = supported_methods(model.visual)
    can = ", ".join(each for each in METHODS if each in methods)
    logits = "one by one, by a sigmoid" if model.logit_bias is not None else "against each other"
    models = sorted(models_of(name), key=lambda each: (len(each), each))
    named = ", ".join(f"`{each}`" for each in models[:_N_NAMED])
    more = f" and {len(models) - _N_NAMED} more" if len(models) > _N_NAMED else ""
    return f"| {name} | {named}{more} | {_blocks(model.visual)} | {can} | {logits} |"


def _blocks(visual: object) -> str:
    """Return what a block of a tower is, by the name of the first one's class."""
    blocks = tower_parts(visual).blocks  # type: ignore[arg-type]
    return f"`{type(blocks[-1][-1]).__name__}`"


if __name__ == "__main__":
    main()
