"""Short ways to undelete, merge and convert over SOAP, as clients do."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from tests.emulator.running import Emulator
from tests.emulator.salesforce.soap_test import PARTNER, post, session_header

ANN = "0035e000000con1AAA"


def call_soap(emulator: Emulator, operation: str, body: str) -> list[dict[str, Any]]:
    """The results of an operation; what is repeated in a result is a list."""
    header = session_header(emulator.environment["SF_ACCESS_TOKEN"])
    answer = post(emulator, f"<p:{operation}>{body}</p:{operation}>", header)
    assert answer.status_code == 200, answer.text
    return [_read(each) for each in ElementTree.fromstring(answer.content).iter(f"{{{PARTNER}}}result")]


def _read(element: ElementTree.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        value: Any = _read(child) if len(child) else child.text
        if name in {"errors", "mergedRecordIds", "updatedRelatedIds"}:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def code_of(result: dict[str, Any]) -> str:
    """The code of a refused record."""
    assert result["success"] == "false"
    return str(result["errors"][0]["statusCode"])


def undelete(emulator: Emulator, *ids: str) -> list[dict[str, Any]]:
    return call_soap(emulator, "undelete", "".join(f"<p:ids>{each}</p:ids>" for each in ids))


def merge(emulator: Emulator, kind: str, master: str, *losers: str, **fields: str) -> dict[str, Any]:
    shown = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    others = "".join(f"<p:recordToMergeIds>{each}</p:recordToMergeIds>" for each in losers)
    record = f"<p:masterRecord><type>{kind}</type><Id>{master}</Id>{shown}</p:masterRecord>"
    (result,) = call_soap(emulator, "merge", f"<p:request>{record}{others}</p:request>")
    return result


def convert(emulator: Emulator, lead: str, status: str = "Closed - Converted", **more: str) -> dict[str, Any]:
    wanted = {"leadId": lead, "convertedStatus": status, "doNotCreateOpportunity": "true", **more}
    inside = "".join(f"<p:{name}>{value}</p:{name}>" for name, value in wanted.items())
    (result,) = call_soap(emulator, "convertLead", f"<p:leadConverts>{inside}</p:leadConverts>")
    return result
