"""The same rules on real sockets, where connections are refused, cut off, or answered."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pardotflow.connectors.http import Ask, Effect, HttpClient
from pardotflow.core.errors import OutcomeUnknown, Unreachable

from .wire import NO_WAITS

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@contextmanager
def server(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Reads one request a connection, gives the next answer (empty: none) and closes."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=_serve, args=(listener, answers, seen.append), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
        thread.join(5)
        assert not thread.is_alive()


def _serve(listener: socket.socket, answers: tuple[bytes, ...], keep: Callable[[bytes], None]) -> None:
    for answer in answers:
        connection, _ = listener.accept()
        with connection:
            keep(connection.recv(65536))
            connection.sendall(answer)


def test_a_create_whose_answer_is_cut_off_is_unknown() -> None:
    with server(b"") as (url, seen), HttpClient(system="test", limits=NO_WAITS) as http:
        with pytest.raises(OutcomeUnknown):
            http.request(Ask(method="POST", url=url, effect=Effect.AGAIN, content=b"{}"))
        assert len(seen) == 1


def test_an_answer_that_ends_in_the_middle_is_no_answer() -> None:
    with server(OK[:-1]) as (url, seen), HttpClient(system="test", limits=NO_WAITS) as http:
        with pytest.raises(OutcomeUnknown):
            http.request(Ask(method="POST", url=url, effect=Effect.AGAIN, content=b"{}"))
        assert len(seen) == 1


def test_a_read_is_repeated_on_a_new_connection() -> None:
    with server(b"", OK) as (url, seen), HttpClient(system="test", limits=NO_WAITS) as http:
        assert http.request(Ask(method="GET", url=url)).json() == {}
        assert len(seen) == 2


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with HttpClient(system="test", limits=NO_WAITS) as http, pytest.raises(Unreachable):
        http.request(Ask(method="POST", url=f"http://127.0.0.1:{port}", effect=Effect.AGAIN))


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with server(OK) as (url, _), HttpClient(system="test", limits=NO_WAITS) as http:
        assert http.request(Ask(method="GET", url=url)).status == 200
