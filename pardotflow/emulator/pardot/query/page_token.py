"""Page tokens: the whole query and the key of the last row, in the recorded form (facts pardot_api section 2.3).

So no page depends on memory of the service; the same token gives the same page while the data stays.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pardotflow.emulator.clock import parse_instant, read_zone
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.query.spec import LARGEST_PAGE, OPERATORS, Filter, Spec, read_order
from pardotflow.emulator.pardot.schema.objects import Collection

_MOST = 2**63


def write_token(context: Context, spec: Spec) -> str:
    """The token of the page that `spec` asks for."""
    zone = read_zone(context.state.switches.pardot_time_zone)
    life = timedelta(seconds=context.state.switches.page_token_seconds)
    expires = (context.state.moment + life).astimezone(zone).isoformat(timespec="seconds")
    content = {
        "orderBy": spec.order_text,
        "filters": [{"field": f.name, "operator": f.operator, "value": f.value} for f in spec.filters],
        "limit": spec.limit,
        "resumeValue": spec.resume,
        "page": spec.page,
        "recCount": spec.count,
        "expireTime": expires,
        "deleted": None if spec.deleted == "false" else spec.deleted,
    }
    return base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()


def read_token(context: Context, collection: Collection, token: str) -> Spec:
    """The query of a token; raises 211 for what the service cannot have written, 210 where its time is over."""
    try:
        content = json.loads(base64.b64decode(token.replace(" ", "+"), validate=True))
        expires = parse_instant(_checked(content["expireTime"], str))
        spec = _read_spec(collection, content)
    except (ValueError, KeyError, TypeError, RecursionError, PardotError):
        raise PardotError(211) from None
    if expires is None or not {name for name, _ in spec.order} <= set(spec.resume or {}):
        raise PardotError(211)
    if expires < context.state.moment:
        raise PardotError(210)
    return spec


def _read_spec(collection: Collection, content: Mapping[str, Any]) -> Spec:
    """Raises `ValueError`, `KeyError` or `TypeError` for a wrong content."""
    order_text, deleted = _checked(content["orderBy"], str), content["deleted"]
    limit, page, count = (_checked(content[key], int) for key in ("limit", "page", "recCount"))
    if not 1 <= limit <= LARGEST_PAGE or deleted not in (None, "true", "all"):
        raise ValueError(limit, deleted)
    return Spec(
        filters=tuple(_read_filter(collection, given) for given in _checked(content["filters"], list)),
        order=read_order(collection, order_text),
        order_text=order_text,
        limit=limit,
        deleted=deleted or "false",
        resume={name: _scalar(value) for name, value in dict(content["resumeValue"]).items()},
        page=page,
        count=count,
    )


def _read_filter(collection: Collection, given: Mapping[str, Any]) -> Filter:
    name, operator, value = given["field"], given["operator"], given["value"]
    if name not in collection.attributes or operator not in OPERATORS:
        raise ValueError(name, operator)
    held = [_scalar(part) for part in _checked(value, list)] if operator == "in" else _scalar(value)
    return Filter(name=name, operator=operator, value=held)


def _checked(value: Any, kind: type | tuple[type, ...]) -> Any:  # noqa: ANN401 - a part of a JSON text
    if not isinstance(value, kind) or (isinstance(value, int) and not abs(value) < _MOST):
        raise ValueError(value)
    return value


def _scalar(value: object) -> object:
    """A value that a statement can take; raises `ValueError`."""
    return value if value is None else _checked(value, (str, int))
