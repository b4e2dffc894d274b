"""Images behind URIs, read through fsspec: only of protocols that name a place elsewhere."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import re
import socket
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from facestore.errors import InputError
from facestore.images.files import MAX_BYTES, check_size, trouble

if TYPE_CHECKING:
    from fsspec.spec import AbstractFileSystem

# Protocol -> extra of facestore. Others of fsspec (file, zip, simplecache, memory ...) are not
# read: a list of images that somebody else wrote must not choose what is opened here.
PROTOCOLS = {"http": "http", "https": "http", "s3": "s3", "gs": "gs", "gcs": "gs"}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(::|://)")
_CONNECT_SECONDS, _READ_SECONDS, _TOTAL_SECONDS = 10, 30, 120
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class RemoteFile:
    """A file behind a URI."""

    uri: str

    def __str__(self) -> str:
        """Return the URI."""
        return self.uri

    def read_bytes(self) -> bytes:
        """Return the content.

        Raises
        ------
        OSError
            If it cannot be had, or is larger than `MAX_BYTES`.
        """
        protocol = protocol_of(self.uri)
        if protocol not in PROTOCOLS:
            raise trouble(f"URIs of {protocol}: are not read")
        try:
            return _read(_file_system(protocol), self.uri, protocol)
        except FileNotFoundError as error:
            raise trouble("not found at its URI") from error
        except Exception as error:
            if type(error) is OSError and error.errno == errno.EIO:  # one of ours
                raise
            raise trouble(f"cannot be had from its URI ({type(error).__name__})") from error


def is_uri(text: str) -> bool:
    """Say whether a text is a URI, and no path."""
    return _URI.match(text) is not None


def protocol_of(uri: str) -> str:
    """Return the protocol of a URI, in lower case."""
    found = _URI.match(uri)
    return "" if found is None else uri[: found.start(1)].lower()


def origin_of(uri: str) -> str:
    """Return protocol, host and port of a URI; never a user's name and password."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def check_protocol(uri: str) -> None:
    """Check that what reads a URI's protocol is installed.

    Raises
    ------
    InputError
        If it is not. A protocol that is never read is no error here, but one of the file.
    """
    protocol = protocol_of(uri)
    if protocol not in PROTOCOLS:
        return
    try:
        _file_system(protocol)
    except ImportError as error:
        message = (
            f"'{uri}' needs a library that is not installed: "
            f"`pip install 'facestore[{PROTOCOLS[protocol]}]'`."
        )
        raise InputError(message) from error


@cache
def _file_system(protocol: str) -> AbstractFileSystem:
    """Return fsspec's file system, which is one and the same each time."""
    import fsspec

    options: dict[str, Any] = {}
    if PROTOCOLS[protocol] == "http":
        import aiohttp

        timeout = aiohttp.ClientTimeout(
            total=_TOTAL_SECONDS, sock_connect=_CONNECT_SECONDS, sock_read=_READ_SECONDS
        )
        watched = aiohttp.TraceConfig()
        watched.on_request_redirect.append(_check_redirect)
        options = {"client_kwargs": {"timeout": timeout, "trace_configs": [watched]}}
    return fsspec.filesystem(protocol, **options)


async def _check_redirect(_session: Any, _context: Any, told: Any) -> None:
    """Refuse to be sent from an address that was asked for to one in somebody's own network."""
    target = urljoin(str(told.url), told.response.headers.get("Location", ""))
    parts = urlsplit(target)
    if origin_of(target) == origin_of(str(told.url)):
        return
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise trouble("it is redirected to what is no address of the web")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    if not all(ipaddress.ip_address(str(each[4][0]).partition("%")[0]).is_global for each in found):
        raise trouble("it is redirected to an address that is not public")


def _read(system: AbstractFileSystem, uri: str, protocol: str) -> bytes:
    # A size spares the question for it; blocks of 0 make it a stream, which ends at the limit.
    options = {"block_size": 0, "size": 1} if PROTOCOLS[protocol] == "http" else {}
    content = bytearray()
    with system.open(uri, "rb", **options) as file:
        while part := file.read(_CHUNK):
            content += part
            if len(content) > MAX_BYTES:
                check_size(len(content))
    return bytes(content)
