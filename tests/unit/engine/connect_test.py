"""Connectors as an environment opens them: no write of any system leaves where nothing may."""

import json

import pytest

from pardotflow.connectors.protocol import Batch, Operation, Row
from pardotflow.core.clock import SystemClock
from pardotflow.core.errors import StateError
from pardotflow.core.secret import Secret
from pardotflow.engine.connect import Endpoints, open_connectors
from tests.unit.connectors.loopback_test import server

NOBODY = "http://127.0.0.1:9"
LOGIN = json.dumps({"access_token": "t", "instance_url": NOBODY, "id": f"{NOBODY}/id/00D/005"}).encode()


def test_no_write_leaves_where_nothing_may() -> None:
    def may_send() -> None:
        raise StateError("the lock was lost")

    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(LOGIN)
    with server(head + LOGIN, head + LOGIN) as (url, seen):
        login: dict[str, str | Secret] = {"login_url": url, "client_id": "c", "refresh_token": Secret("r")}
        where = Endpoints(salesforce=login, pardot={"url": NOBODY, "business_unit": "0Uv"}, pardot_login=login)
        connectors = open_connectors(where, SystemClock(), may_send=may_send)
        for system, item in (("salesforce", "Contact"), ("pardot", "prospect")):
            rows = (Row(key="1", values={"LastName": "Moe"}),)
            prepared = connectors[system].prepare(Batch(operation=Operation.CREATE, object=item, rows=rows))
            with pytest.raises(StateError, match="lost"):
                connectors[system].send(prepared)
            connectors[system].close()
    assert [b"/oauth2/token" in each for each in seen] == [True, True]
