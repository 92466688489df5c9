"""One made-up business from one number: people on two sides, a sync with random rules, positions of the switches."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from pardotflow.emulator.ids import to_18
from pardotflow.emulator.switches import TABLE, SwitchValue
from tests.cycles.owners import draw_owner, draw_user, owner_mapping
from tests.engine.harness import NO_LIMITS, Yaml
from tests.engine.scenario import Pair, alike

Row = dict[str, Any]


TEXTS = (
    alike("FirstName", "firstName", "Ada", "Bo", "Cy"),
    alike("Phone", "phone", "1", "+1 2", "3"),
    alike("Title", "jobTitle", "CEO", "cto", "é"),
)
PAIRS = (
    *TEXTS,
    Pair(crm="Note__c", unit="note__c", crm_values=(None, "abc", "abcde"), unit_values=(None, "abc", "abcdef", "xyz")),
    Pair(crm="Flag__c", unit="flag__c", crm_values=(True, False), unit_values=(None, "true", "false")),
    Pair(crm="Count__c", unit="count__c", crm_values=(None, 5, 6.5), unit_values=(None, 5, 7)),
    alike("Day__c", "day__c", "2024-01-02", "2024-02-29"),
    Pair(crm="Many__c", unit="many__c", crm_values=(None, "a;b", "c"), unit_values=(None, "b;a", "a", "c")),
    Pair(crm="Pick__c", unit="pick__c", crm_values=(None, "A", "B"), unit_values=(None, "A", "C", "Q")),
    Pair(crm="Source__c", unit="source", crm_values=(None, "Web", "Fair", "X"), unit_values=(None, "web", "fair", "y")),
    Pair(
        crm="HasOptedOutOfEmail",
        unit="optedOut",
        crm_values=(False, False, True),
        unit_values=(False, False, True),
    ),
    Pair(crm="Score__c", unit="score", crm_values=(None, 1, 2), unit_values=(0, 1, 2)),
)
MAIL: Yaml = {"salesforce": "Email", "pardot": "email"}
KEYS: Mapping[str, Any] = {
    "id": "salesforce_id",
    "lookup": {"salesforce": "Prospect_Id__c", "pardot": "id"},
    "org": {"salesforce": "Org_Id__c", "pardot": "org_id__c"},
    "email": "email",
}
LINKS = ("id", "id", "id", "short id", "lookup", "org", "email", "none", "crm only", "unit only", "two prospects")
EXTRAS: tuple[tuple[Yaml, ...], ...] = (
    (),
    ({"pardot": "company", "direction": "to_pardot", "sql": "upper(coalesce(salesforce.LastName, salesforce.Id))"},),
    ({"salesforce": {"Lead": "Company"}, "pardot": "company", "policy": "pardot"},),
)
TURNED = (
    "email_match_case_sensitive",
    "salesforce_id_unique",
    "clear_with",
    "opt_out_false_honoured",
    "null_unassigns",
    "salesforce_owner_unknown",
    "array_write_form",
    "number_custom_field_form",
    "z_suffix_accepted",
    "upsert_status",
    "taken_address_code",
    "touch_unchanged",
    "import_overwrite_default",
    "import_null_overwrite_default",
    "import_create_on_no_match_default",
    "restore_deleted_default",
    "trim_text",
    "boolean_null",
    "undelete_moves_stamps",
    "merge_child_stamps",
    "status_for_access",
    "duplicate_result_key",
    "bulk_query_datetime",
    "child_records_none",
    "soql_date_words",
)
"""Unconfirmed behaviour that a sync between people can meet."""
TURNED_LATER = ("precondition_code", "duplicate_result_in_collections", "bulk_early_status", "status_for_permission")
"""The same, drawn by themselves, so that the others of a number stay what they were."""
NUMBERS: Mapping[str, tuple[SwitchValue, ...]] = {
    "ampsea": (True, False),
    "cache_lag": (0.0, 60.0),
    "late_commit_seconds": (0.0, 1.0),
    "query_batch_max": (2_000, 200),
    "page_token_ceiling": (100_000, 1_000),
    "pardot_time_zone": ("-07:00", "Europe/Berlin"),
    "import_delay": (0.3, 20.0),
}


def positions() -> dict[str, tuple[SwitchValue, ...]]:
    """Every switch that is drawn, with all its positions."""
    found: dict[str, tuple[SwitchValue, ...]] = dict(NUMBERS)
    for info in TABLE:
        if info.name in (*TURNED, *TURNED_LATER):
            found[info.name] = info.choices or (True, False)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """Everything that is drawn before the first plan."""

    sync: Yaml
    switches: Mapping[str, SwitchValue]
    rows: Mapping[str, tuple[Row, ...]]
    """By object: what the two systems hold."""
    by_jobs: bool = False
    """What can go by a job does: Bulk 2.0, imports, bulk actions."""

    @property
    def keys(self) -> tuple[Any, ...]:
        """The match keys in their order."""
        return tuple(self.sync["match"])


def draw_switches(rng: Random, later: Random) -> dict[str, SwitchValue]:
    """One position for every switch."""
    return {name: (later if name in TURNED_LATER else rng).choice(choices) for name, choices in positions().items()}


def draw_business(seed: int, size: int) -> Business:
    """The business of a number."""
    rng = Random(seed)
    switches, sync = draw_switches(rng, Random(f"{seed} later")), draw_sync(rng)
    if mapping := owner_mapping(seed):
        sync["fields"].append(mapping)
        if "salesforce" in sync["create"]:
            sync["create"]["salesforce"]["owner"] = {"from": "userId"}
    rows = draw_rows(rng, size, share=bool(switches["ampsea"]))
    owners = Random(f"{seed} owned")
    for name, found in rows.items():
        for row in found:
            row |= {"userId": draw_user(owners)} if name == "prospect" else {"OwnerId": draw_owner(owners)}
    return Business(switches=switches, sync=sync, rows=rows, by_jobs=seed % 5 == 4)


def draw_mapping(rng: Random, pair: Pair) -> Yaml:
    """One mapping with random rules."""
    mapping: dict[str, Any] = {"salesforce": pair.crm, "pardot": pair.unit}
    ways = ("two_way", "two_way", "to_pardot", "to_salesforce")
    mapping["direction"] = "to_salesforce" if pair.unit == "score" else rng.choice(ways)
    mapping["into"] = rng.choice(("any", "any", "blank"))
    mapping["too_long"] = rng.choice(("hold", "cut"))
    if pair.unit == "source":
        mapping["values"] = "sources.csv"
    if pair.unit == "optedOut":
        return mapping | {"policy": "consent"} | rng.choice(({}, {"allow": "opt_in"}))
    if mapping["direction"] == "two_way" and rng.random() < 0.25:
        rule = rng.choice(("salesforce", "pardot", "most_recent"))
        clears = {"on_blank": "clear"} if rule == "salesforce" and rng.random() < 0.5 else {}
        return mapping | {"preset": "connector", "policy": rule, "into": "any"} | clears
    mapping["on_blank"] = rng.choice(("hold", "clear", "refill"))
    if mapping["direction"] == "two_way":
        mapping["policy"] = rng.choice(("salesforce", "pardot", "most_recent", "ask"))
        mapping["on_link"] = rng.choice(("fill", "salesforce", "pardot", "most_recent", "ask"))
    return mapping


def draw_sync(rng: Random) -> dict[str, Any]:
    """A sync over some of the pairs, with some of the keys, that creates on no side, one, or both."""
    fields: list[Yaml] = [draw_mapping(rng, pair) for pair in rng.sample(PAIRS, rng.randint(4, 9))]
    fields += rng.choice(EXTRAS)
    if rng.random() < 0.5:
        fields.append(dict(MAIL) | {"policy": rng.choice(("salesforce", "pardot", "ask"))})
    # Most businesses find most people by their ids.
    keys = rng.sample(sorted(KEYS), rng.randint(1, 4))
    keys = ["id", *(k for k in keys if k != "id")] if rng.random() < 0.7 else keys
    create: dict[str, Any] = {}
    if "id" in keys and rng.random() < 0.6:
        unmapped = {} if any(f.get("pardot") == "email" for f in fields) else {"email": "salesforce.Email"}
        create["pardot"] = {"when": "Email is not null", "set": {"person__c": "salesforce.Person__c", **unmapped}}
        create["pardot"] |= rng.choice(({}, {}, {"insert_only": True}, {"retroactive": False}))
    if "lookup" in keys and rng.random() < 0.7:
        values = {
            "LastName": "coalesce(pardot.lastName, 'Unknown')",
            "Company": "coalesce(pardot.company, '?')",
            "Person__c": "pardot.person__c",
        }
        create["salesforce"] = {"object": "Lead", "when": "true", "set": values, "key": "Prospect_Id__c"}
    rules = ("keep", "unlink", "archive", "recreate")
    deletes = {side: _rule(rng.choice(rules), create, side) for side in ("salesforce", "pardot")}
    return {
        **draw_pick(rng),
        "sync": "people",
        "strength": "apply",
        "sides": {"salesforce": draw_side(rng), "pardot": {"object": "prospect"}},
        "match": [KEYS[k] for k in keys],
        "create": create,
        "fields": fields,
        "deletes": deletes,
        "guards": dict(NO_LIMITS),
    }


def draw_side(rng: Random) -> Yaml:
    """Contacts and leads, in some businesses without those that are away or are kept out."""
    side: dict[str, Any] = {"objects": ["Contact", "Lead"]}
    if rng.random() < 0.4:
        side |= {"select": "not Away__c", "on_leave": rng.choice(("keep", "unlink", "archive"))}
    if rng.random() < 0.4:
        side["do_not_sync"] = "Keep_Out__c"
    return side


def draw_pick(rng: Random) -> Yaml:
    """In few businesses one of several prospects is taken."""
    return {"pick": {"pardot": {"first": "id"}}} if rng.random() < 0.2 else {}


def _rule(rule: str, create: Mapping[str, Any], side: str) -> str:
    return "unlink" if rule == "recreate" and side not in create else rule


def draw_values(rng: Random, *, crm: bool) -> Row:
    """A value for every field of a record on one side."""
    if crm:
        return {p.crm: rng.choice(p.crm_values) for p in PAIRS}
    return {p.unit: rng.choice(p.unit_values) for p in PAIRS}


def draw_rows(rng: Random, size: int, *, share: bool) -> Mapping[str, tuple[Row, ...]]:
    """So many people; most have a record on both sides, some only seem to."""
    rows: dict[str, list[Row]] = {"Contact": [], "Lead": [], "prospect": []}
    for n in range(size):
        _add_person(rng, rows, n, share=share)
    return {name: tuple(found) for name, found in rows.items()}


def _add_person(rng: Random, rows: dict[str, list[Row]], n: int, *, share: bool) -> None:
    link = rng.choice(LINKS)
    object_name = rng.choice(("Contact", "Lead"))
    crm = crm_row(rng, object_name, n) if link != "unit only" else {}
    if crm:
        rows[object_name].append(crm)
    if link == "crm only":
        return
    unit = unit_row(rng, 1000 + n, f"unit p{n}")
    _join(link, crm, unit, n)
    if share and rng.random() < 0.08:
        unit["email"] = f"shared{n % 4}@x.example"
    rows["prospect"].append(unit)
    if link == "two prospects":
        other = unit_row(rng, 5000 + n, f"other p{n}")
        rows["prospect"].append(other | {"salesforceId": crm["Id"], "email": f"other{n}@x.example"})


def _join(link: str, crm: Row, unit: Row, n: int) -> None:
    """Let two records find each other in the way that the link says, and in no other."""
    if link in ("id", "two prospects"):
        unit["salesforceId"] = crm["Id"]
    elif link == "short id":
        unit["salesforceId"] = crm["Id"][:15]
    elif link == "lookup":
        crm["Prospect_Id__c"] = unit["id"]
    elif link == "org":
        crm["Org_Id__c"] = unit["org_id__c"] = f"O{n}"
    elif link == "email":
        unit["email"] = str(crm["Email"]).upper() if n % 2 else crm["Email"]


def crm_row(rng: Random, object_name: str, n: int) -> Row:
    """A contact or lead of a person."""
    plain = f"{'003' if object_name == 'Contact' else '00Q'}S0000000{n:04d}"
    head: Row = {"Id": to_18(plain), "LastName": f"Berg{n}"}
    head |= {"Company": f"Acme {n}"} if object_name == "Lead" else {}
    mail = f"shared{n % 4}@crm.example" if rng.random() < 0.05 else f"crm{n}@x.example"
    return (
        head | draw_values(rng, crm=True) | {"Email": mail if rng.random() < 0.95 else None, "Person__c": f"crm p{n}"}
    )


def unit_row(rng: Random, id: int, mark: str) -> Row:
    """A prospect of a person."""
    own = {"id": id, "lastName": "Berg", "email": f"unit{id}@x.example", "person__c": mark}
    return draw_values(rng, crm=False) | own
