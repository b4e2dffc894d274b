"""All commands, and the running of one: what it says where it fails, and its exit status."""

import os
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from facestore.cli import (
    analysis,
    audit,
    benchmark,
    classifiers,
    curation,
    data,
    explain,
    explore,
    handoff,
    imports,
    index,
    nearest,
    prompts,
    removing,
    train,
    upkeep,
)
from facestore.cli.completion import COMPLETION_VARIABLE
from facestore.cli.configuration import check_variables, read_defaults
from facestore.cli.console import one_line, printable, voice, wrapped
from facestore.cli.guide import FIRST_STEPS, add_guide
from facestore.cli.parsing import ParsedGroup
from facestore.cli.pasting import of_one_command
from facestore.cli.wording import as_typed
from facestore.config import (
    CATALOG_FILE,
    DEFAULT_STORE,
    MODELS_ADDRESS_SPACE,
    STORE_VARIABLE,
    TABLES_ADDRESS_SPACE,
)
from facestore.errors import (
    BadRowError,
    FacestoreError,
    InputError,
    QueryError,
    StoreWriteError,
    SystemFaultError,
)
from facestore.faults import fails_on_a_row, require_address_space, system_reason
from facestore.names import check_text
from facestore.stopping import STOPPED, Stopping

# What loads PyTorch always; the others ask for its room when they load a model.
_WITH_MODELS = ("audit", "bench", "demo", "explain", "train")

app = typer.Typer(
    name="facestore",
    cls=ParsedGroup,
    help=(
        "Audit how well CLIP models tell perceived gender, race and age on face images. For "
        "research on bias; never for surveillance or for decisions about people."
    ),
    no_args_is_help=True,
    context_settings={
        "help_option_names": ["-h", "--help"],
        # FACESTORE_INGEST_BATCH_SIZE and so on
        "auto_envvar_prefix": "FACESTORE",
    },
    pretty_exceptions_enable=False,
)


@app.callback()
def _before(
    context: typer.Context,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print results and errors, and nothing else.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show where in the program an error came from.")
    ] = False,
) -> None:
    voice.is_quiet, voice.is_verbose = quiet, verbose
    command = context.invoked_subcommand
    has_model = command in _WITH_MODELS
    needed = MODELS_ADDRESS_SPACE if has_model else TABLES_ADDRESS_SPACE
    require_address_space(needed, f"`facestore {command}`")


data.add_commands(app)
imports.add_commands(app)
classifiers.add_commands(app)
prompts.add_commands(app)
curation.add_commands(app)
removing.add_commands(app)
train.add_commands(app)
analysis.add_commands(app)
audit.add_commands(app)
benchmark.add_commands(app)
nearest.add_commands(app)
index.add_commands(app)
explain.add_commands(app)
explore.add_commands(app)
handoff.add_commands(app)
upkeep.add_commands(app)
add_guide(app)


def run(stopping: Stopping) -> int:
    """Run the command line; show an expected error as one line, and return the exit status.

    Parameters
    ----------
    stopping
        Knows whether Ctrl-C was pressed: what is raised after that is a consequence of it, but
        for what the system refuses to write.
    """
    is_completing = COMPLETION_VARIABLE in os.environ
    if len(sys.argv) == 1 and not is_completing and not _has_store():
        typer.echo(FIRST_STEPS)
        return 0
    with of_one_command():
        return _run(stopping, is_completing=is_completing)


def _run(stopping: Stopping, *, is_completing: bool) -> int:
    try:
        command = _command()
        # A slip in facestore.toml or in a variable is no news while a name is completed.
        defaults = {} if is_completing else _defaults(command)
        # The name decides how the shell asks for completions, also under `python -m facestore`.
        status = command(prog_name="facestore", standalone_mode=False, default_map=defaults)
    except TyperException as error:
        _fail_usage(error)
    except typer.Abort:
        return STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        if stopping.is_asked and not isinstance(error, StoreWriteError | SystemFaultError):
            return STOPPED
        _fail_expected(error)
        raise
    if stopping.is_asked:
        return STOPPED
    return status if isinstance(status, int) else 0


def _defaults(command: Any) -> dict[str, Any]:
    check_variables(command)
    return read_defaults(command)


def _has_store() -> bool:
    folder = Path(os.environ.get(STORE_VARIABLE) or DEFAULT_STORE)
    return (folder / CATALOG_FILE).is_file()


@cache
def _command() -> Any:
    """Make the command of all commands once; the app itself would make it anew at every call."""
    command = typer.main.get_command(app)
    for option in command.params:
        if option.name in ("install_completion", "show_completion"):
            # Typer adds these: an act, no setting, so no variable may ask for it at every start.
            option.allow_from_autoenv = False  # type: ignore[attr-defined]
    return command


def _fail(message: str, status: int) -> None:
    colour = None if os.environ.get("NO_COLOR") else typer.colors.RED
    typer.secho(wrapped(f"Error: {one_line(message)}", sys.stderr), fg=colour, err=True)
    sys.exit(status)


def _fail_expected(error: Exception) -> None:
    """Show an error of ours, or of the system or a bad row, whatever library raised it."""
    message = str(error)
    if not isinstance(error, FacestoreError):
        reason = system_reason(error)
        if reason is not None:
            message = str(SystemFaultError(reason, message))
        elif (broken := _broken_argument()) is not None:
            message = broken
        elif fails_on_a_row(error):
            message = str(BadRowError(message))
        else:
            return
    if voice.is_verbose:
        typer.echo(printable(traceback.format_exc()), err=True, nl=False)
    # What DuckDB says of a query has the user's own words in it, without quotes.
    if isinstance(error, QueryError):
        message = ". ".join(filter(None, (error.found, as_typed(error.todo))))
    else:
        message = as_typed(message)
    _fail(message, 1)


def _broken_argument() -> str | None:
    """Say which argument is no UTF-8, if one is: libraries end on it, each in its way."""
    for argument in sys.argv[1:]:
        try:
            check_text(argument, f"'{argument}'")
        except InputError as error:
            return str(error)
    return None


def _fail_usage(error: TyperException) -> None:
    """Show wrong usage as one line; without any argument, show the help."""
    context = getattr(error, "ctx", None)
    message = error.format_message()
    if not message.strip():  # the help was shown instead
        sys.exit(error.exit_code)
    command = context.command_path if context else "facestore"
    end = "" if message.endswith((".", "?", "!", ":")) else "."
    _fail(f"{message}{end} See `{command} --help`.", error.exit_code)
