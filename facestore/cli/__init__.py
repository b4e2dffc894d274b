"""The command line: it parses, calls the store and prints. Heavy imports are inside commands."""

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
    classifiers,
    curation,
    data,
    explain,
    handoff,
    nearest,
    prompts,
    removing,
    train,
    upkeep,
)
from facestore.cli.completion import COMPLETION_VARIABLE
from facestore.cli.configuration import read_defaults
from facestore.cli.console import one_line, printable, voice, wrapped
from facestore.cli.guide import FIRST_STEPS, add_guide
from facestore.cli.wording import as_typed
from facestore.config import (
    CATALOG_FILE,
    DEFAULT_STORE,
    MODELS_ADDRESS_SPACE,
    STORE_VARIABLE,
    TABLES_ADDRESS_SPACE,
)
from facestore.errors import FacestoreError, QueryError, SystemFaultError
from facestore.faults import require_address_space, system_reason

# The exit status of a program that Ctrl-C ended; Typer returns it, too.
_STOPPED = 130
# What loads PyTorch always; the others ask for its room when they load a model.
_WITH_MODELS = ("demo", "explain", "train")

app = typer.Typer(
    name="facestore",
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
classifiers.add_commands(app)
prompts.add_commands(app)
curation.add_commands(app)
removing.add_commands(app)
train.add_commands(app)
analysis.add_commands(app)
nearest.add_commands(app)
explain.add_commands(app)
handoff.add_commands(app)
upkeep.add_commands(app)
add_guide(app)


def main() -> None:
    """Run the command line; show an expected error as one line.

    The exit status is 0, 1 for an expected error, 2 for wrong usage, 3 where `check` finds a limit
    broken, 130 for Ctrl-C.
    """
    is_completing = COMPLETION_VARIABLE in os.environ
    if len(sys.argv) == 1 and not is_completing and not _has_store():
        typer.echo(FIRST_STEPS)
        sys.exit(0)
    try:
        command = _command()
        # A slip in facestore.toml is no news while a name is completed.
        defaults = {} if is_completing else read_defaults(command)
        # The name decides how the shell asks for completions, also under `python -m facestore`.
        status = command(prog_name="facestore", standalone_mode=False, default_map=defaults)
    except TyperException as error:
        _fail_usage(error)
    except (typer.Abort, KeyboardInterrupt):
        status = _STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        _fail_expected(error)
        raise
    if status == _STOPPED:
        _fail("Stopped. What was done is kept: run the same command again to go on.", _STOPPED)
    sys.exit(status if isinstance(status, int) else 0)


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
    """Show an error of ours, or one of the system whatever library raised it; no other one."""
    message = str(error)
    if not isinstance(error, FacestoreError):
        reason = system_reason(error)
        if reason is None:
            return
        message = str(SystemFaultError(reason, message))
    if voice.is_verbose:
        typer.echo(printable(traceback.format_exc()), err=True, nl=False)
    # What DuckDB says of a query has the user's own words in it, without quotes.
    _fail(message if isinstance(error, QueryError) else as_typed(message), 1)


def _fail_usage(error: TyperException) -> None:
    """Show wrong usage as one line; without any argument, show the help."""
    context = getattr(error, "ctx", None)
    message = error.format_message()
    if not message.strip():  # the help was shown instead
        sys.exit(error.exit_code)
    command = context.command_path if context else "facestore"
    _fail(f"{message} See `{command} --help`.", error.exit_code)
