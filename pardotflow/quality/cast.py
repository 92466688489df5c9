"""The users of the two systems, as decision tests have them: three who know each other, and all that a sync names.

No system is asked, so that who is a user has to be made up. By id and by e-mail each of the three has exactly one
counterpart; a user whom only one side of a user map names has none but the one that the map gives.
"""

from collections.abc import Iterator, Mapping

from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.users import PARDOT_USER, QUEUE, READ, SALESFORCE_USER

User = Mapping[str, str]
"""`_id` and fields."""

_NAMES = ("Anna", "Bo", "Cleo")


def users_of(sync: CompiledSync) -> dict[tuple[System, str], list[User]]:
    """The users and queues by system and object; none where the sync translates none."""
    if not sync.users:
        return {}
    found: dict[tuple[System, str], dict[str, User]] = {key: {} for key in READ}
    for number, name in enumerate(_NAMES, start=1):
        mail = f"{name.lower()}@example.com"
        crm = f"00500000000000{number}AAA"
        found[(System.SALESFORCE, SALESFORCE_USER)][crm] = _salesforce(crm, name, mail)
        found[(System.PARDOT, PARDOT_USER)][str(100 + number)] = _pardot(str(100 + number), name, mail, crm)
    for system, text in _named(sync):
        key = (system, SALESFORCE_USER if system is System.SALESFORCE else PARDOT_USER)
        if not any(text in user.values() for user in found[key].values()):
            id = text if "@" not in text else _id(system, len(found[key]) + 1)
            mail = text if "@" in text else f"{text.lower()}@{system}.example.com"
            make = _salesforce(id, text, mail) if system is System.SALESFORCE else _pardot(id, text, mail, "")
            found[key][id] = make
    found[(System.SALESFORCE, QUEUE)]["00G000000000001AAA"] = {"_id": "00G000000000001AAA", "Name": "Queue"}
    return {key: list(users.values()) for key, users in found.items()}


def samples_of(sync: CompiledSync, system: System) -> list[str]:
    """The ids of the users of one system, those that a map names first."""
    key = (system, SALESFORCE_USER if system is System.SALESFORCE else PARDOT_USER)
    ids = [user["_id"] for user in users_of(sync).get(key, [])]
    return [*ids[len(_NAMES) :], *ids[: len(_NAMES)]]


def _named(sync: CompiledSync) -> Iterator[tuple[System, str]]:
    """Everybody whom a user map or a fallback names."""
    for item in sync.users:
        for crm, unit in item.users.pairs:
            yield System.SALESFORCE, crm.strip()
            yield System.PARDOT, unit.strip()
        if item.users.fallback:
            yield item.target, item.users.fallback


def _id(system: System, number: int) -> str:
    return f"0050000000000{number:02d}AAA" if system is System.SALESFORCE else str(100 + number)


def _salesforce(id: str, name: str, mail: str) -> User:
    return {"_id": id, "Name": name, "Email": mail, "Username": mail, "IsActive": "true"}


def _pardot(id: str, name: str, mail: str, salesforce_id: str) -> User:
    return {"_id": id, "firstName": name, "lastName": "User", "email": mail, "salesforceId": salesforce_id}
