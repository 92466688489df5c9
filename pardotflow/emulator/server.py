"""Serving a data file on a port, until told to stop.

The server says nothing on its own; the caller learns the port through a callback, as soon as connections are accepted.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pardotflow.emulator.app import CONNECTION, Application
from pardotflow.emulator.creation import create_data
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.extra import load_extra
from pardotflow.emulator.faults import put_plan, read_plan_file
from pardotflow.emulator.problem import EmulatorError

if TYPE_CHECKING:
    from pardotflow.emulator.certificate import Certificate

_GRACE_SECONDS = 5


class _Protocol(H11Protocol):
    """HTTP/1.1 whose requests can reach their connection, so that a fault can drop it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope[CONNECTION] = transport
            await inner(scope, receive, send)

        self.app = app


class _Server(uvicorn.Server):
    """Tells when it listens, and stops at once instead of at the next tick."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._running: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Stop, from any thread; harmless once the server has stopped."""
        self.should_exit = True
        if self._running is not None:
            with contextlib.suppress(RuntimeError):
                self._running.call_soon_threadsafe(self._ended.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal stops the server; a second SIGINT does not wait for open requests."""
        super().handle_exit(sig, frame)
        self.end()

    async def main_loop(self) -> None:
        """Wait for the end."""
        self._running = asyncio.get_running_loop()
        await self.on_tick(0)
        if not self.should_exit:
            await self._ended.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then call back."""
        await super().startup(sockets=sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests that are under way end; where there are none, end at once."""
        if self.server_state.tasks:
            await super().shutdown(sockets=sockets)
            return
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End in good order on SIGINT and SIGTERM, without raising them again."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(
    data: Path,
    port: int,
    host: str = "127.0.0.1",
    ready: Callable[[int], None] | None = None,
    *,
    stop_on_stdin_eof: bool = False,
    stop: threading.Event | None = None,
    faults: Path | None = None,
    tls: bool = False,
) -> None:
    """Serve `data` (made empty where it is missing) until a signal, `stop`, or the end of stdin.

    Port 0 takes a free one; `ready` is called with the port once connections are accepted. The fault plan in
    `faults` takes the place of all faults of the file. With `tls` it is https, with the file's own certificate.
    Raises `EmulatorError` where a file or the port cannot be used.
    """
    rules = None if faults is None else read_plan_file(faults)
    if not data.exists():
        _create(data)
    file = DataFile(data)
    try:
        if rules is not None:
            put_plan(file, rules)
        with _listen(host, port) as listener:
            certificate = load_extra("certificate").write_certificate(data) if tls else None
            _run(file, listener, ready, certificate, stop_on_stdin_eof=stop_on_stdin_eof, stop=stop)
    finally:
        file.close()


def _create(data: Path) -> None:
    """Make an empty file; another process that was faster is as good."""
    try:
        create_data(data)
    except EmulatorError:
        if not data.exists():
            raise


def _listen(host: str, port: int) -> socket.socket:
    # Only a socket that names its protocol has Nagle's delay switched off by asyncio.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as cause:
        listener.close()
        raise EmulatorError(f"cannot listen on {host}:{port}: {cause.strerror}") from cause
    listener.listen(128)
    listener.set_inheritable(False)
    return listener


def _run(
    file: DataFile,
    listener: socket.socket,
    ready: Callable[[int], None] | None,
    certificate: Certificate | None,
    *,
    stop_on_stdin_eof: bool,
    stop: threading.Event | None,
) -> None:
    application = Application(file)
    port: int = listener.getsockname()[1]
    config = uvicorn.Config(
        application,
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        date_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        log_level="error",
        ssl_certfile=None if certificate is None else certificate.public,
        ssl_keyfile=None if certificate is None else str(certificate.key),
    )
    server = _Server(config, lambda: ready(port) if ready else None)
    if stop_on_stdin_eof:
        _watch(server, lambda: sys.stdin.buffer.read())
    if stop is not None:
        _watch(server, stop.wait)
    try:
        server.run(sockets=[listener])
    finally:
        application.close()


def _watch(server: _Server, until: Callable[[], object]) -> None:
    """Stop the server once `until` returns."""

    def watch() -> None:
        until()
        server.end()

    threading.Thread(target=watch, name="emulator-stop", daemon=True).start()
