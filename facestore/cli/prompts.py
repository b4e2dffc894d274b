"""Commands on prompt sets: list, show, add."""

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import data, options
from facestore.cli.completion import names_of
from facestore.cli.console import Format, print_lines, print_rows
from facestore.cli.pasting import with_store
from facestore.errors import counted, preview

prompts = typer.Typer(no_args_is_help=True, help="List, show and add prompt sets.")


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(prompts, name="prompts")


@prompts.command("list")
def prompts_list(
    store: options.StoreOption = options.DEFAULT, format: options.FormatOption = Format.table
) -> None:
    """List the prompt sets: those that come with facestore, and those added."""
    with data.open_store(store) as opened:
        rows = [
            (
                each.name,
                len(each.prompts),
                ", ".join(sorted({a for p in each.prompts for a in p.classes})),
                each.description,
            )
            for each in opened.prompt_sets()
        ]
    print_rows(("prompt_set", "n_prompts", "attributes", "description"), rows, format)


@prompts.command("show")
def prompts_show(
    name: Annotated[
        str,
        typer.Argument(help="Name of the prompt set.", autocompletion=names_of("prompt_sets")),
    ],
    store: options.StoreOption = options.DEFAULT,
    format: options.FormatOption = Format.table,
) -> None:
    """Show the prompts of a set and the classes that each names."""
    with data.open_store(store) as opened:
        prompt_set = opened.prompt_set(name)
    attributes = sorted({each for prompt in prompt_set.prompts for each in prompt.classes})
    rows = [(p.text, p.key, *map(p.classes.get, attributes)) for p in prompt_set.prompts]
    print_rows(("prompt", "key", *attributes), rows, format)


@prompts.command("add")
def prompts_add(
    file: Annotated[Path, typer.Argument(help="YAML or JSON, see above.")],
    store: options.StoreOption = options.DEFAULT,
    name: Annotated[str | None, typer.Option(help="Name of the set; else the file's.")] = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(help="Every prompt has to name a class of it (repeatable)."),
    ] = None,
) -> None:
    """Add a prompt set.

    JSON: ["a photo of a man", ...] or {"man": "a photo of a man", ...}; the words say the classes.

    YAML: `words: {gender: {man: {gender: Male}}}` and `templates: ["a photo of {a} {gender}"]`, or
    `prompts: [{text: "a photo of a nurse", classes: {gender: Female}}]`.

    Attributes of yes and no: `yes_no: {Smiling: {positive: a smiling person, negative: a serious
    person}}`, positive and negative a text or a list.

    Classes without labels: `new_classes: {harm: [criminal, person]}`, the first wins a tie.
    """
    with data.open_store(store) as opened:
        prompt_set = opened.add_prompts(file, name=name, attributes=attribute or ())
    lines = [f"{counted(len(prompt_set.prompts), 'prompt')} in {prompt_set.name!r}"]
    for of, names in prompt_set.new_classes.items():
        classes = counted(len(names), "class")
        lines.append(f"{classes} of {of!r} without a label: {preview(map(repr, names), 8)}")
    if prompt_set.new_classes:
        command = with_store('facestore sql "from predicted_shares"')
        lines.append(f"how often they are predicted, once they are: `{command}`")
    print_lines(lines)
