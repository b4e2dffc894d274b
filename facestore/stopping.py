"""Ctrl-C: a command ends soon wherever it comes, and a second one ends the process at once.

Python raises `KeyboardInterrupt` between any two steps of the main thread. Where that is a callback
it is lost and the command goes on; within an import it may leave the lock of all imports locked,
and every other thread waits for ever; DuckDB makes another error of it; and once Polars is loaded,
which takes the signal over, a main thread that waits for another one does not wake up. So it is
raised here where nothing breaks, again until it is being handled, and the main thread is woken.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

# The exit status of a program that Ctrl-C ended; Typer returns it, too.
STOPPED = 130
# Between two attempts.
_AGAIN_SECONDS = 0.05
# A shell, `timeout` and others pass on what the process has got already: that is no second one.
_SAME_SECONDS = 1.0
# Where nothing moves for so long the main thread waits for another one.
_WAITING_SECONDS = 0.5
_IMPORTS = "<frozen importlib"
# Between the taking of a lock and the beginning of what lets go of it.
_LOCKING = frozenset(
    ("__enter__", "__exit__", "acquire", "release", "_acquire_restore", "_release_save")
)

_held = 0


class Stopping:
    """What Ctrl-C does during one command.

    Attributes
    ----------
    is_asked
        Whether it was pressed.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._is_over = False
        self._is_ours = False
        self._telling: int | None = None
        self._place: tuple[int, int] = (0, 0)
        self._there_since = 0.0

    def begin(self) -> None:
        """Take Ctrl-C over, where nobody else has, or has it ignored."""
        if (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        ):
            self._is_ours = True
            sys.unraisablehook = _all_but_interrupts
            signal.signal(signal.SIGINT, self._ask)
            if hasattr(signal, "setitimer"):  # not on Windows
                signal.signal(signal.SIGALRM, self._again)
                told, self._telling = os.pipe()
                os.set_blocking(self._telling, False)
                signal.set_wakeup_fd(self._telling, warn_on_full_buffer=False)
                threading.Thread(target=self._watch, args=(told,), daemon=True).start()

    def end(self) -> None:
        """Leave Ctrl-C to the system: all is done, and the process ends."""
        self._is_over = True
        if not self._is_ours:
            return
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if self._telling is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.set_wakeup_fd(-1)
            os.close(self._telling)
            self._telling = None

    def leave(self) -> None:
        """End the process where Ctrl-C was pressed: all that is kept has been written.

        Threads may read on, such as from a network that does not answer, or load a model. And
        Python's own end was seen to be one by a signal, without a status.
        """
        if self.is_asked:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError):  # nobody reads it any more
                    stream.flush()
            os._exit(STOPPED)

    def _ask(self, _signal: int, frame: FrameType | None) -> None:
        self.is_asked = True
        if self._telling is None:  # Windows
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            raise KeyboardInterrupt
        self._raise_if_safe(frame)

    def _watch(self, told: int) -> None:
        """Have the main thread look again and again, from the moment the signal arrives."""
        asked_at = 0.0
        while signals := os.read(told, 64):
            now = time.monotonic()
            if signal.SIGINT not in signals:
                continue
            if not asked_at:
                asked_at = now
                signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS, _AGAIN_SECONDS)
            elif now - asked_at > _SAME_SECONDS and not self._is_over:
                os._exit(STOPPED)
        os.close(told)

    def _again(self, _signal: int, frame: FrameType | None) -> None:
        if self.is_asked:
            self._raise_if_safe(frame)

    def _raise_if_safe(self, frame: FrameType | None) -> None:
        if not (self._is_over or _held or _is_handled() or self._is_delicate(frame)):
            raise KeyboardInterrupt

    def _is_delicate(self, frame: FrameType | None) -> bool:
        """Whether an error just there could leave a lock locked; not where it is waited for one."""
        if frame is None:
            return False
        now, place = time.monotonic(), (id(frame), frame.f_lasti)
        if place != self._place:
            self._place, self._there_since = place, now
        code = frame.f_code
        is_at_lock = code.co_filename.startswith(_IMPORTS) or code.co_name in _LOCKING
        return is_at_lock and now - self._there_since < _WAITING_SECONDS


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off a Ctrl-C of the command line until the end: what belongs together stays together."""
    global _held
    is_main = threading.current_thread() is threading.main_thread()
    _held += is_main
    try:
        yield
    finally:
        _held -= is_main


def _is_handled() -> bool:
    """Whether an interrupt is on its way out, whatever a library has made of it."""
    seen: set[int] = set()
    waiting = [sys.exc_info()[1]]
    while waiting:
        error = waiting.pop()
        if isinstance(error, KeyboardInterrupt):
            return True
        if error is not None and id(error) not in seen:
            seen.add(id(error))
            waiting += [error.__cause__, error.__context__]
    return False


def _all_but_interrupts(unraisable: Any) -> None:
    """Say nothing of an interrupt in a callback: it is raised again."""
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
