"""Who is answered, on which ports, and what each answer forbids the browser."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from facestore.errors import InputError
from facestore.exploring.serving import LOOPBACK, REFUSED_PORTS, Guarded, listen


async def _inner(scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


def ask(path, kind="http"):
    sent = []

    async def send(message):
        sent.append(message)

    # in a thread of its own: other tests of this process may leave an event loop running
    with ThreadPoolExecutor() as threads:
        guarded = Guarded(_inner, "secret")({"type": kind, "path": path}, None, send)
        threads.submit(asyncio.run, guarded).result()
    return sent


@pytest.mark.parametrize(
    "path", ["/", "/data/query", "/secret", "/secre/", "/secretx/data", "/SECRET/", "/é/secret/"]
)
def test_nobody_is_answered_without_the_key(path):
    start, body = ask(path)
    assert start["status"] == 403
    assert b"the key in it is missing" in body["body"]


def test_the_key_is_the_folder_and_each_answer_keeps_the_browser_here():
    start, body = ask("/secret/data/query")
    assert (start["status"], body["body"]) == (200, b"/data/query")
    headers = dict(start["headers"])
    assert headers[b"content-security-policy"].startswith(b"default-src 'self' data: blob:;")
    assert b"http" not in headers[b"content-security-policy"]
    assert headers[b"referrer-policy"] == b"no-referrer"  # the address has the key in it
    assert ask("/secret/", "websocket") == []


def test_a_free_port_is_one_of_loopback_that_browsers_open():
    with listen(0) as found:
        host, port = found.getsockname()
    assert (host, port > 1023, port in REFUSED_PORTS) == (LOOPBACK, True, False)
    assert {5060, 5061, 6000, 10080} < REFUSED_PORTS


@pytest.mark.parametrize("port", [-1, 80, 5060, 5061, 70_000])
def test_ports_that_no_browser_opens_are_refused(port):
    with pytest.raises(InputError, match=f"`port={port}`: browsers do not open it"):
        listen(port)


def test_a_port_in_use_is_one_line():
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            InputError, match=rf"Port {port} of 127\.0\.0\.1 is in use: give another"
        ):
            listen(port)
    with listen(port) as found:  # it is free again at once
        assert found.getsockname()[1] == port
