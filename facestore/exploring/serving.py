"""A page of Embedding Atlas on this machine alone: nobody else reads it, and it asks nobody else.

Its address has a key, and without that nothing is answered: other users of the machine, and other
pages in the same browser, reach loopback, too. A cookie would not do, as the page asks for rows
without cookies. A policy that goes with each answer has the browser ask nothing but this server.
"""

import errno
import hmac
import secrets
import socket
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from types import TracebackType
from typing import Any, Self

from facestore.errors import FacestoreError, InputError

LOOPBACK = "127.0.0.1"
# Those above 1023 that browsers refuse to open: the "bad ports" of the Fetch standard.
REFUSED_PORTS = frozenset(
    (1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
     6669, 6679, 6697, 10080)
)  # fmt: skip
_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; form-action 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
_CLOSED = b"Open the whole address that `facestore explore` printed: the key in it is missing here."
_READY_SECONDS = 60.0
_CLOSING_SECONDS = 5.0
_LOOK_SECONDS = 0.1

_Message = MutableMapping[str, Any]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, Any, _Send], Awaitable[None]]


class Guarded:
    """An application that answers those alone who know the key: it is the first folder of a path.

    Parameters
    ----------
    app
        What answers them, as if the folder were its root.
    key
        As it stands in the address.
    """

    def __init__(self, app: _App, key: str) -> None:
        self._app, self._folder = app, f"/{key}"

    async def __call__(self, scope: _Message, receive: Any, send: _Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return

        async def with_policy(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        path = str(scope["path"])
        folder, rest = path[: len(self._folder)], path[len(self._folder) :]
        if rest.startswith("/") and hmac.compare_digest(folder.encode(), self._folder.encode()):
            await self._app(
                {**scope, "path": rest, "raw_path": rest.encode()}, receive, with_policy
            )
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await with_policy({"type": "http.response.start", "status": 403, "headers": headers})
            await with_policy({"type": "http.response.body", "body": _CLOSED})


class Served:
    """A page that is being served, until it is closed: use it as a context.

    Attributes
    ----------
    url
        What to open, with the key in it.
    n_rows, n_chosen
        How many samples are served, and how many fit the predicate that the page opens with.
    """

    def __init__(self, app: _App, listening: socket.socket, n_rows: int, n_chosen: int) -> None:
        import uvicorn

        self.n_rows, self.n_chosen = n_rows, n_chosen
        port = listening.getsockname()[1]
        key = secrets.token_urlsafe(16)
        self.url = f"http://{LOOPBACK}:{port}/{key}/"
        self._listening = listening
        self._server = uvicorn.Server(
            uvicorn.Config(
                Guarded(app, key), lifespan="off", log_level="critical", access_log=False,
                log_config=None, timeout_graceful_shutdown=1, ws="none", server_header=False,
            )
        )  # fmt: skip
        # Not in the main thread, where it would take Ctrl-C over.
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, daemon=True
        )
        self._thread.start()
        until = time.monotonic() + _READY_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                self.close()
                message = f"The server on port {port} of {LOOPBACK} did not start."
                raise FacestoreError(message)
            time.sleep(_LOOK_SECONDS / 10)

    @property
    def is_open(self) -> bool:
        """Whether it still answers."""
        return self._thread.is_alive()

    def wait(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Return when it answers no more, or when that is said."""
        while self.is_open and not is_over():
            time.sleep(_LOOK_SECONDS)

    def close(self) -> None:
        """End the server; the address answers no more."""
        self._server.should_exit = True
        self._thread.join(_CLOSING_SECONDS)
        self._listening.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def listen(port: int) -> socket.socket:
    """Return a socket that listens on a port of loopback.

    Parameters
    ----------
    port
        0: a free one that browsers open.

    Raises
    ------
    InputError
        If the port cannot be had, or no browser would open it.
    """
    if port in REFUSED_PORTS or not 0 <= port <= 65535 or 0 < port < 1024:
        message = (
            f"`port={port}`: browsers do not open it, or it needs an administrator. Give one from "
            "1024 to 65535, such as `port=8765`, or none."
        )
        raise InputError(message)
    while True:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if port:
            # A port that was closed a moment ago is free, too.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
            listening.listen()
        except OSError as error:
            listening.close()
            is_taken = error.errno == errno.EADDRINUSE
            what = "is in use" if is_taken else f"cannot be had ({error.strerror})"
            message = f"Port {port} of {LOOPBACK} {what}: give another with `port=8765`, or none."
            raise InputError(message) from error
        if listening.getsockname()[1] not in REFUSED_PORTS:
            return listening
        listening.close()
