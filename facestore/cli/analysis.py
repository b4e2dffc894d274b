"""Commands that compute and show: score, predict, bootstrap, report, sql, demo."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli.completion import names_of
from facestore.cli.console import Format, print_lines, print_rows, print_summary, say
from facestore.cli.data import open_room, open_store
from facestore.cli.results import print_each
from facestore.config import DEFAULT_DEMO_STORE


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (score, predict, bootstrap, report, sql, demo):
        app.command()(command)


def score(
    prompt_sets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PROMPT_SET",
            help="Names in `facestore prompts list`.",
            show_default=False,
            autocompletion=names_of("prompt_sets"),
        ),
    ] = None,
    store: options.StoreOption = options.DEFAULT,
    prompt_set: options.PromptSets = None,
    model: options.ModelsOption = None,
    dataset: options.DatasetOption = None,
    device: options.DeviceOption = "auto",
) -> None:
    """Write the similarities of all encoded images to the prompts of sets."""
    with open_store(store) as opened:
        names = [*(prompt_sets or ()), *(prompt_set or ())]
        print_each(opened.score_all(names, models=model or (), dataset=dataset, device=device))


def predict(
    store: options.StoreOption = options.DEFAULT,
    prompt_set: options.PromptSets = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            help="With --prompt-set: gender, race, age ... (repeatable)",
            show_default=False,
            autocompletion=names_of("attributes"),
        ),
    ] = None,
    classifier: Annotated[
        Path | None,
        typer.Option(help="A file of `facestore train` decides.", show_default=False),
    ] = None,
    aggregation: Annotated[
        list[str] | None,
        typer.Option(
            help="sum, mean, topk or embedding_mean (repeatable); sum if none is named.",
            show_default=False,
        ),
    ] = None,
    k: Annotated[
        list[int] | None, typer.Option("--k", help="For topk (repeatable).", show_default=False)
    ] = None,
    model: options.ModelsOption = None,
    dataset: options.DatasetOption = None,
    split: Annotated[
        str | None, typer.Option(help="With --classifier: only samples of this split.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the classifier; made up if left out.")
    ] = None,
    ties: Annotated[
        str | None,
        typer.Option(
            help="Of several classes with the same highest score: none is predicted (the default), "
            "or the first.",
            show_default=False,
            metavar="none|first",
        ),
    ] = None,
) -> None:
    """Write the predictions of prompts (--prompt-set) or of trained heads (--classifier).

    Of repeated options all combinations are done; those that are there already stay as they are.
    """
    with open_store(store) as opened:
        if classifier is not None:
            done = opened.predict_with(
                classifier, dataset=dataset, split=split, model=model[0] if model else None
            )
            print_summary(done)
            return
        results = opened.predict_all(
            attributes=attribute or (),
            prompt_sets=prompt_set or (),
            aggregations=aggregation or ("sum",),
            k=k or (),
            models=model or (),
            dataset=dataset,
            name=name,
            ties=ties,
        )
        print_each(results)


def bootstrap(
    store: options.StoreOption = options.DEFAULT,
    classifier: options.ClassifiersOption = None,
    attribute: Annotated[
        str | None,
        typer.Option(
            help="Only classifiers of this attribute: gender, race, age ...",
            autocompletion=names_of("attributes"),
        ),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            help="By these groups: race, 'gender x race' ... (repeatable); else over all samples."
        ),
    ] = None,
    dataset: options.DatasetOption = None,
    split: options.SplitOption = None,
    replicates: Annotated[int, typer.Option(help="How often each figure is drawn.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed draws the same samples.")] = 0,
) -> None:
    """Draw macro F1, balanced accuracy and errors of ages anew, for intervals of them.

    The view bootstrap_intervals has them, and the report. What is drawn already stays.
    """
    with open_store(store) as opened:
        summary = opened.bootstrap(
            classifiers=classifier or (),
            attribute=attribute,
            groups=group or (),
            dataset=dataset,
            split=split,
            replicates=replicates,
            seed=seed,
        )
        print_summary(summary)


class ReportFormat(StrEnum):
    """What `facestore report` writes."""

    html = "html"
    json = "json"
    csv = "csv"


def report(
    store: options.StoreOption = options.DEFAULT,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; else STORE/reports.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PAGE", help="Only this page: summary, groups ... (repeatable)"),
    ] = None,
    classifier: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only this classifier, with its charts, or all of a pattern such as '*topk*' "
            "(repeatable).",
            autocompletion=names_of("classifiers"),
        ),
    ] = None,
    main: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="The classifier that the report is about; else the best one of each attribute "
            "(repeatable).",
            autocompletion=names_of("classifiers"),
        ),
    ] = None,
    images: Annotated[
        bool, typer.Option("--images", help="Show the faces behind the numbers.")
    ] = False,
    all_faces: Annotated[
        bool,
        typer.Option("--all-faces", help="All faces behind a number, not 24 that are drawn."),
    ] = False,
    format: Annotated[
        ReportFormat, typer.Option(help="Pages; or the same numbers for machines.")
    ] = ReportFormat.html,
    diff: Annotated[
        Path | None,
        typer.Option(
            metavar="OTHER", help="Another store or snapshot: a page says what changed since."
        ),
    ] = None,
    raw: options.RawOption = False,
    source: Annotated[
        Path | None,
        typer.Option(
            help="With --images: folder of the pictures; else those that were ingested here."
        ),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write the report: for whom a classifier fails, by how much, how surely, and why."""
    from facestore.reporting import report as room

    with open_room(store) as opened:
        page = room.report(
            opened,
            out,
            only=only or (),
            classifiers=classifier or (),
            images=images,
            format=format.value,
            diff=diff,
            raw=raw,
            source=source,
            main=main or (),
            all_faces=all_faces,
        )
    print_lines([str(page)])
    if open_:
        typer.launch(page.resolve().as_uri())


def sql(
    query: Annotated[str | None, typer.Argument(help="The SQL; else -f FILE or stdin.")] = None,
    file: Annotated[Path | None, typer.Option("-f", "--file", help="File with the SQL.")] = None,
    store: options.StoreOption = options.DEFAULT,
    format: options.FormatOption = Format.table,
    raw: options.RawOption = False,
    write: Annotated[bool, typer.Option("--write", help="Allow it to change the store.")] = False,
    explain: Annotated[
        str | None,
        typer.Option(
            help="Show what a table, view or macro is, and its SQL; needs no store.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run SQL against the store: tables, views and macros are in `docs/storage.md`."""
    if explain is not None:
        from facestore.catalog import schema

        print_lines(schema.explain(explain).splitlines())
        return
    statement = _statement(query, file)
    with open_store(store) as opened:
        if write:
            opened.execute(statement)
            say("done")
            return
        found = opened.rows(statement)
        if found is not None:
            print_rows(*found, format, raw=raw)


def demo(store: options.StoreOption = DEFAULT_DEMO_STORE) -> None:
    """Run the whole job on bundled synthetic faces and the bundled tiny CLIP: no network."""
    with open_store(store) as opened:
        page = opened.demo()
        say("")
        print_rows(*opened.headlines(), Format.table)
        print_lines([f"Report: {page}"])


def _statement(query: str | None, file: Path | None) -> str:
    if file is not None:
        if not file.is_file():
            message = f"there is no file '{file}'"
            raise typer.BadParameter(message)
        return file.read_text(encoding="utf-8")
    if query is None and sys.stdin.isatty():
        raise typer.BadParameter("no SQL: give it as an argument, as -f FILE or on stdin")
    return query if query is not None else sys.stdin.read()
