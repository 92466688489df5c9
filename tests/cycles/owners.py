"""Who owns the records of a made-up business: users of both systems, a queue, and how the one become the other.

They are drawn from numbers of their own: a business without them is the same business.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

from tests.engine.harness import Yaml

ANA, BEN, CLE, DEE = (f"0055g0000000{name}AAA" for name in ("An1", "Be1", "Cl1", "De1"))
QUEUE = "00G5g0000000Qu1AAA"
USERS: tuple[Mapping[str, Any], ...] = (
    {"Id": ANA, "Username": "ana@crm.example", "LastName": "Alba", "Email": "ana@work.example", "IsActive": True},
    {"Id": BEN, "Username": "ben@crm.example", "LastName": "Boll", "Email": "BEN@work.example", "IsActive": True},
    {"Id": CLE, "Username": "cle@crm.example", "LastName": "Cole", "Email": "cle@work.example", "IsActive": True},
    {"Id": DEE, "Username": "dee@crm.example", "LastName": "Dorn", "Email": "dee@work.example", "IsActive": False},
)
"""Of Salesforce. Cle is nobody in Pardot, and Dee has left."""
GROUPS: tuple[Mapping[str, Any], ...] = ({"Id": QUEUE, "Name": "Inbound", "Type": "Queue"},)
UNIT_USERS: tuple[Mapping[str, Any], ...] = (
    {"id": 201, "email": "alba@old.example", "firstName": "Ana", "lastName": "Alba", "salesforceId": ANA},
    {"id": 202, "email": "ben@work.example", "firstName": "Ben", "lastName": "Boll", "salesforceId": ""},
    {"id": 203, "email": "eve@work.example", "firstName": "Eve", "lastName": "East", "salesforceId": ""},
    {"id": 204, "email": "dee@work.example", "firstName": "Dee", "lastName": "Dorn", "salesforceId": DEE},
)
"""Of Pardot. Eve is nobody in Salesforce."""
WAYS: tuple[Yaml, ...] = (
    {},
    {"match": "email"},
    {"match": "salesforce_id"},
    {"fallback": "eve@work.example"},
    {"queues": "skip"},
    {"queues": "fallback", "fallback": "203"},
)


def owner_mapping(seed: int) -> Yaml:
    """How owners become users in a business; empty where nobody maps them."""
    rng = Random(f"{seed} owners")
    if rng.random() < 0.5:
        return {}
    return {"salesforce": "OwnerId", "pardot": "userId", "users": rng.choice(WAYS)}


def draw_owner(rng: Random) -> str:
    """Who owns a record in Salesforce."""
    return rng.choice((ANA, ANA, BEN, BEN, CLE, DEE, QUEUE))


def draw_user(rng: Random) -> int | None:
    """Whom a prospect is assigned to."""
    return rng.choice((None, 201, 202, 203, 204))
