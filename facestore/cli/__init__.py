"""The command line: it parses, calls the store and prints. Heavy imports are inside commands."""

import os
import sys

from facestore.stopping import STOPPED, Stopping

# A thread of OpenBLAS that waits for its next product spins, in NumPy's build for some 20 ms: of a
# product a block, that is more CPU than all products. 2 ** 4 cycles, and it sleeps.
_BLAS = ("OPENBLAS_THREAD_TIMEOUT", "4")
_TOLD = "Error: Stopped. What was done is kept: run the same command again to go on."


def main() -> None:
    """Run the command line; show an expected error as one line.

    The exit status is 0, 1 for an expected error, 2 for wrong usage, 3 where `check` finds a limit
    broken, 130 for Ctrl-C, whenever that comes. A second Ctrl-C ends the process at once.
    """
    os.environ.setdefault(*_BLAS)  # before NumPy is imported
    stopping = Stopping()
    stopping.begin()
    try:
        try:
            # Ctrl-C may come while commands are imported
            from facestore.cli.commands import run

            status = run(stopping)
        finally:
            stopping.end()
    except KeyboardInterrupt:
        status = STOPPED
    except Exception:
        if not stopping.is_asked:
            raise
        status = STOPPED
    if status == STOPPED:
        stopping.end()
        sys.stderr.write(f"{_TOLD}\n")
        stopping.leave()
    sys.exit(status)


def __getattr__(name: str) -> object:
    """Load `app` when it is asked for."""
    if name == "app":
        from facestore.cli.commands import app

        return app
    message = f"module 'facestore.cli' has no attribute {name!r}"
    raise AttributeError(message)
