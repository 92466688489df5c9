"""What goes with a record that is deleted: its children by relationships that cascade.

Source: REST API Developer Guide, "sObject Describe": `childRelationships` with `cascadeDelete`. One query counts the
children of one relationship for up to 200 records; an object that cannot be queried is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pardotflow.connectors.salesforce.ids import long_id
from pardotflow.connectors.salesforce.soql import check_name
from pardotflow.connectors.session import Call, Session, encode_query
from pardotflow.core.errors import RequestRefused

MOST_IDS = 200
MOST_RELATIONSHIPS = 25
"""More are not counted: each costs a call."""


def count_cascades(
    session: Session, object_name: str, ids: Sequence[str], *, version: str
) -> list[tuple[str, str, int]]:
    """Child object, the field that names the record, and how many children the first 200 of the records have."""
    base = f"/services/data/v{version}"
    _, body = session.fetch_json(Call(path=f"{base}/sobjects/{check_name(object_name)}/describe"))
    chosen = ", ".join(f"'{long_id(i)}'" for i in ids[:MOST_IDS])
    found = []
    for child, field in _cascading(body)[:MOST_RELATIONSHIPS]:
        query = encode_query({"q": f"SELECT COUNT() FROM {child} WHERE {field} IN ({chosen})"})
        try:
            _, counted = session.fetch_json(Call(path=f"{base}/query?{query}"))
        except RequestRefused:
            continue
        found.append((child, field, int(counted["totalSize"])))
    return found


def _cascading(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The relationships of a describe answer whose children go with the record."""
    children = body.get("childRelationships") or ()
    return sorted({(check_name(c["childSObject"]), check_name(c["field"])) for c in children if c.get("cascadeDelete")})
