"""The ASGI application: requests into calls, calls to the right service, replies onto the wire.

Services are synchronous and run in a small pool of threads, so that requests are in flight together as on the real
services. The read of one record does not wait for a thread while none of them is at work: waking one takes as long.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pardotflow.emulator.admin import answer_admin
from pardotflow.emulator.clock import http_date
from pardotflow.emulator.clock_setting import read_clock
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.exchange import Call, Reply, unpack_body
from pardotflow.emulator.fault_rule import Fault
from pardotflow.emulator.faults import take_fault
from pardotflow.emulator.pages.site import answer_page, is_page
from pardotflow.emulator.pardot.service import Pardot
from pardotflow.emulator.request_log import Entry, system_of, write_entry
from pardotflow.emulator.salesforce.oauth.session import find_session
from pardotflow.emulator.salesforce.service import Salesforce
from pardotflow.emulator.state import State, load_state
from pardotflow.emulator.write_log import recording

CONNECTION = "pardotflow.connection"
_THREADS = 2
"""One for what takes long, one for the rest: the interpreter runs one at a time, and more of them wait for its lock."""
_FLUSH_SECONDS = 5.0
_NO_FAULT = Fault()
_ONE_RECORD = re.compile(r"/services/data/v\d+\.0/sobjects/\w+/\w{15,18}")
T = TypeVar("T")


class Connection(Protocol):
    """What dropping a connection needs of a transport."""

    def get_write_buffer_size(self) -> int:
        """How many bytes are not yet sent."""

    def abort(self) -> None:
        """Close at once, without sending what is buffered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What goes back: a reply, or none where the connection is dropped; `now` is the emulator's clock.

    With `sent` the connection is closed after that many bytes of the body.
    """

    reply: Reply | None
    now: float
    sent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What a request meets: the state, the system that it asks, the meter that counts it, and when it came."""

    state: State
    system: str
    meter: str
    came: float


class Application:
    """The emulator over one open data file."""

    def __init__(self, file: DataFile) -> None:
        self._file = file
        self._salesforce = Salesforce()
        self._pardot = Pardot(find_session)
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="emulator")
        self._at_work = 0

    def close(self) -> None:
        """Wait for the calls that run, then let go of the threads."""
        self._threads.shutdown(wait=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(
            method=request.method,
            # The vendor's own command line puts a second slash between an instance's URL and the path.
            path="/" + scope["path"].lstrip("/"),
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=unpack_body(body, headers),
            scheme=scope["scheme"],
        )
        outcome = await self._answer(call)
        if outcome.reply is None:
            await _drop(scope)
            return
        response = _response(outcome, outcome.reply, call.method)
        if outcome.sent is not None and outcome.sent < len(response.body):
            await _cut(response, outcome.sent, scope, send)
            return
        await response(scope, receive, send)

    async def _answer(self, call: Call) -> _Outcome:
        if call.path.startswith("/__admin"):
            return await self._in_thread(lambda: self._serve_own(call, answer_admin))
        if is_page(call):
            return await self._in_thread(lambda: self._serve_own(call, answer_page))
        if not call.path.startswith("/api/"):
            return await self._serve(call, 0)
        with self._pardot.place(call) as taken:
            return await self._serve(call, taken)

    def _serve_own(self, call: Call, answer: Callable[[DataFile, Call], Reply]) -> _Outcome:
        """What belongs to no vendor: not recorded, not counted, not met by faults."""
        reply = answer(self._file, call)
        return _Outcome(reply=reply, now=read_clock(self._file.read()).now)

    async def _serve(self, call: Call, taken: int) -> _Outcome:
        """Meet a fault where one is ordered, wait out the latency, answer, record."""
        started = time.monotonic()
        if not self._at_work and call.method == "GET" and _ONE_RECORD.fullmatch(call.path):
            wait, rest = self._begin(call, taken, started)
        else:
            wait, rest = await self._in_thread(lambda: self._begin(call, taken, started))
        if isinstance(rest, _Outcome):
            return rest
        await asyncio.sleep(wait)
        return await self._in_thread(rest)

    def _begin(self, call: Call, taken: int, started: float) -> tuple[float, _Outcome | Callable[[], _Outcome]]:
        """The outcome, or what makes it after the seconds that have to be waited for first."""
        around = self._look(call)
        fault = _NO_FAULT
        if around.state.has_faults:
            fault = take_fault(self._file, call) or _NO_FAULT
            # What a fault leaves behind holds for the request that met it.
            around = self._look(call)
        switches = around.state.switches
        # A request that finds no place is refused at once.
        wait = 0.0 if taken > switches.pardot_concurrency else fault.delay + switches.latency
        if not wait:
            return 0.0, self._finish(call, taken, fault, started, around)
        # What it meets is what there is when it is served; it came when it came.
        at = around.state.now
        return wait, lambda: self._finish(call, taken, fault, started, replace(self._look(call), came=at))

    def _look(self, call: Call) -> _Surroundings:
        """Read once for a request; it belongs to the thread that reads it."""
        state, system = load_state(self._file), system_of(call.path)
        state, meter = self._pardot.at_unit(state, call) if system == "pardot" else (state, system)
        return _Surroundings(state=state, system=system, meter=meter, came=state.now)

    def _finish(self, call: Call, taken: int, fault: Fault, started: float, around: _Surroundings) -> _Outcome:
        state, instead = around.state, fault.instead
        reply: Reply | None = instead
        # In the order of time, so that the newest stand together in the indexes.
        request = f"{time.time_ns():016x}{secrets.token_hex(8)}"
        calls = 0
        if fault.drop != "before" and (instead is None or fault.effect):
            with recording(state.db, request) if state.switches.log else nullcontext():
                true_reply, calls = self._call_service(call, around, taken, fault)
            reply = instead or true_reply
        if fault.drop is not None:
            reply = None
        shown = reply if reply is None or fault.truncate is None else replace(reply, body=reply.body[: fault.truncate])
        entry = Entry(
            system=around.system,
            meter=around.meter,
            call=call,
            reply=shown,
            api_calls=calls,
            at=around.came,
            seconds=time.monotonic() - started,
            request=request,
        )
        write_entry(self._file, state, entry)
        return _Outcome(reply=reply, now=state.now, sent=fault.truncate)

    def _call_service(self, call: Call, around: _Surroundings, taken: int, fault: Fault) -> tuple[Reply, int]:
        if around.system == "pardot":
            return self._pardot.answer(around.state, around.meter, call, taken)
        return self._salesforce.answer(around.state, call, fault.locks)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        self._at_work += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._at_work -= 1


def _response(outcome: _Outcome, reply: Reply, method: str) -> Response:
    headers = {**reply.headers, "Date": http_date(outcome.now)}
    if reply.media is not None:
        headers["Content-Type"] = reply.media
    response = Response(b"" if method == "HEAD" else reply.body, status_code=reply.status, headers=headers)
    if reply.status in {204, 304}:
        del response.headers["content-length"]
    return response


async def _cut(response: Response, sent: int, scope: MutableMapping[str, Any], send: Send) -> None:
    """Send the head with the true length and the beginning of the body, then close the connection."""
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": bytes(response.body[:sent]), "more_body": True})
    connection: Connection | None = scope.get(CONNECTION)
    until = time.monotonic() + _FLUSH_SECONDS
    while connection is not None and connection.get_write_buffer_size() and time.monotonic() < until:
        await asyncio.sleep(0.01)
    await _drop(scope)


async def _drop(scope: MutableMapping[str, Any]) -> None:
    """Abort the connection, and let the server notice before the request ends without an answer."""
    connection: Connection | None = scope.get(CONNECTION)
    if connection is not None:
        connection.abort()
        await asyncio.sleep(0.01)
