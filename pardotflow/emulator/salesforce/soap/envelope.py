"""SOAP envelopes: a request into plain elements, results and faults into bytes.

Facts: salesforce_api.md §0.2 (faults), §8.1 (the recorded envelope of convertLead). Names of a request lose their
namespaces, so that operations ask for `leadId` and not for its URI; an answer has a prefix for the envelope and none
for the rest, because clients look for plain `<sessionId>`. A document type is refused, and entities with it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from xml.etree.ElementTree import Element, SubElement

from pardotflow.emulator.exchange import Reply

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_MEDIA = "text/xml;charset=UTF-8"
_NIL = f"{{{_INSTANCE}}}nil"
ILLEGAL_SESSION = "Invalid Session ID found in SessionHeader: Illegal Session"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class SoapFault(Exception):
    """A refused operation: `code` is the platform's, `kind` the name of the fault's type."""

    def __init__(self, code: str, message: str, kind: str = "UnexpectedErrorFault") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.kind = kind


class SoapMistake(Exception):
    """What is no call of an operation at all: a fault of the client, without a detail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapRequest:
    """One operation. `api` is `partner` or `enterprise`; `headers` are the SOAP headers by name."""

    api: str
    operation: Element
    headers: Mapping[str, Element]

    def header(self, name: str, part: str) -> str | None:
        """The text of one part of a header, as of `AllOrNoneHeader/allOrNone`; None where it is not sent."""
        header = self.headers.get(name)
        return None if header is None else text_of(header, part)


def text_of(element: Element, name: str) -> str | None:
    """The text of a child without the white space around it; None where it is missing or `xsi:nil`."""
    found = element.find(name)
    if found is None or found.get(_NIL) in {"true", "1"}:
        return None
    return (found.text or "").strip()


class _PlainBuilder(ET.TreeBuilder):
    """Builds elements, and stops where a document type begins."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> NoReturn:
        """Called before anything inside of the document type is read."""
        raise SoapMistake("DOCTYPE is disallowed")


def read_envelope(body: bytes, api: str) -> SoapRequest:
    """The operation inside an envelope. Raises `SoapMistake`."""
    try:
        root = ET.fromstring(body, parser=ET.XMLParser(target=_PlainBuilder()))
    except (ET.ParseError, ValueError, LookupError) as cause:
        raise SoapMistake(f"The request is no XML: {cause}") from None
    if root.tag != f"{{{_ENVELOPE}}}Envelope":
        raise SoapMistake("The document is no SOAP 1.1 envelope")
    header, inside = root.find(f"{{{_ENVELOPE}}}Header"), root.find(f"{{{_ENVELOPE}}}Body")
    if inside is None or len(inside) != 1:
        raise SoapMistake("The body of an envelope holds one operation")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return SoapRequest(api=api, operation=inside[0], headers={each.tag: each for each in header or ()})


def respond(operation: str, results: Iterable[object]) -> Element:
    """The response of an operation with one `<result>` each: mappings nest, sequences repeat, None is `xsi:nil`."""
    response = Element(f"{operation}Response")
    for result in results:
        _append(response, "result", result)
    return response


def _append(parent: Element, name: str, value: object) -> None:
    if isinstance(value, (list, tuple)):
        for each in value:
            _append(parent, name, each)
        return
    element = SubElement(parent, name)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _append(element, str(key), inner)
    elif value is None:
        element.set("xsi:nil", "true")
    else:
        element.text = _NOT_XML.sub("\ufffd", str(value).lower() if isinstance(value, bool) else str(value))


def write_response(api: str, response: Element, headers: Iterable[Element] = ()) -> Reply:
    """The answer that carries a response."""
    envelope = _envelope({"xmlns": f"urn:{api}.soap.sforce.com"})
    shown = list(headers)
    if shown:
        SubElement(envelope, "soapenv:Header").extend(shown)
    SubElement(envelope, "soapenv:Body").append(response)
    return _reply(200, envelope)


def write_fault(api: str, fault: SoapFault) -> Reply:
    """HTTP 500, with code and text where clients look for them."""
    envelope = _envelope({"xmlns:sf": f"urn:fault.{api}.soap.sforce.com"})
    code = f"sf:{fault.code}"
    element = _fault(envelope, code, f"{fault.code}: {fault.message}")
    detail = SubElement(SubElement(element, "detail"), f"sf:{fault.kind}", {"xsi:type": f"sf:{fault.kind}"})
    _append(detail, "sf:exceptionCode", fault.code)
    _append(detail, "sf:exceptionMessage", fault.message)
    return _reply(500, envelope)


def write_mistake(mistake: SoapMistake) -> Reply:
    """HTTP 500 for what is no call of an operation."""
    envelope = _envelope({})
    _fault(envelope, "soapenv:Client", str(mistake))
    return _reply(500, envelope)


def _fault(envelope: Element, code: str, message: str) -> Element:
    element = SubElement(SubElement(envelope, "soapenv:Body"), "soapenv:Fault")
    _append(element, "faultcode", code)
    _append(element, "faultstring", message)
    return element


def _envelope(namespaces: Mapping[str, str]) -> Element:
    return Element("soapenv:Envelope", {"xmlns:soapenv": _ENVELOPE, **namespaces, "xmlns:xsi": _INSTANCE})


def _reply(status: int, envelope: Element) -> Reply:
    body = '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(envelope, encoding="unicode")
    return Reply(status=status, body=body.encode(), media=_MEDIA)
