"""Random sequences of Salesforce calls: the emulator and a small model of it in memory agree on every answer.

All sequences share one emulator; each has keys of its own, and looks only at records that it made.
Set PARDOTFLOW_HYPOTHESIS=thorough to look further, and to have a failing sequence made short.
"""

from __future__ import annotations

import itertools
from typing import ClassVar

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.emulator.model import BAD_ADDRESS, KEY, PICK, Fields, Org, Row, like, run_machine, same, stored
from tests.emulator.running import Emulator

KEYS = st.sampled_from(["k1", "K1", "k2", "ö 3"])
TEXTS = st.sampled_from(["Ann", "ann", " bob ", "", None, "O'Neil", "a%b", "a_b", "Çelik"])
PERSON = st.fixed_dictionaries(
    {"LastName": TEXTS},
    optional={"FirstName": TEXTS, "Phone": TEXTS, "Email": st.sampled_from(["a@x.test", "B@x.test", BAD_ADDRESS, ""])},
)
LEAD = st.fixed_dictionaries(
    {"LastName": TEXTS, "Company": st.sampled_from(["C", "", None])}, optional={"Phone": TEXTS}
)
CHANGES = st.fixed_dictionaries({}, optional={"LastName": TEXTS, "FirstName": TEXTS, "Phone": TEXTS})
FIELDS = {"Contact": ("LastName", "FirstName", "Phone", "Email"), "Lead": ("LastName", "Company", "Phone", KEY)}


def quoted(text: str) -> str:
    """A text literal of SOQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class SalesforceMachine(RuleBasedStateMachine):
    """Contacts and leads: created, changed, deleted, upserted, read and searched for."""

    emulator: ClassVar[Emulator]
    runs: ClassVar[itertools.count[int]] = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.run = next(self.runs)
        self.org = Org()

    def key(self, text: str) -> str:
        return f"run {self.run} {text}"

    def picked(self, pick: int) -> tuple[str, Row]:
        return list(self.org.rows.items())[pick % len(self.org.rows)]

    def check(self, answer: httpx.Response, refused: str | None, status: int) -> bool:
        """Compare one write; whether it took place."""
        if refused is None:
            assert answer.status_code == status, answer.text
            return True
        assert answer.status_code in {400, 404}, answer.text
        assert answer.json()[0]["errorCode"] == refused, answer.text
        return False

    @rule(fields=PERSON)
    def create_contact(self, fields: Fields) -> None:
        self.create("Contact", fields)

    @rule(fields=LEAD, key=KEYS)
    def create_lead(self, fields: Fields, key: str) -> None:
        self.create("Lead", {**fields, KEY: self.key(key)})

    def create(self, kind: str, fields: Fields) -> None:
        answer = self.emulator.salesforce.post(f"/sobjects/{kind}", json=fields)
        if self.check(answer, self.org.refuse_create(kind, fields), 201):
            self.org.rows[answer.json()["id"]] = Row(kind, stored(fields))

    @precondition(lambda self: self.org.rows)
    @rule(pick=PICK, fields=CHANGES)
    def update(self, pick: int, fields: Fields) -> None:
        record_id, row = self.picked(pick)
        answer = self.emulator.salesforce.patch(f"/sobjects/{row.kind}/{record_id}", json=fields)
        if self.check(answer, self.org.refuse_update(record_id, fields), 204):
            row.fields.update(stored(fields))

    @rule(key=KEYS, fields=LEAD)
    def upsert(self, key: str, fields: Fields) -> None:
        known = self.org.with_key(self.key(key))
        answer = self.emulator.salesforce.patch(f"/sobjects/Lead/{KEY}/{self.key(key)}", json=fields)
        if known:
            if self.check(answer, self.org.refuse_update(known[0], fields), 200):
                assert answer.json()["id"] == known[0] and answer.json()["created"] is False
                self.org.rows[known[0]].fields.update(stored(fields))
            return
        whole = {**fields, KEY: self.key(key)}
        if self.check(answer, self.org.refuse_create("Lead", whole), 201):
            assert answer.json()["created"] is True
            self.org.rows[answer.json()["id"]] = Row("Lead", stored(whole))

    @precondition(lambda self: self.org.rows)
    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        record_id, row = self.picked(pick)
        answer = self.emulator.salesforce.delete(f"/sobjects/{row.kind}/{record_id}")
        if self.check(answer, "ENTITY_IS_DELETED" if row.deleted else None, 204):
            row.deleted = True

    @precondition(lambda self: self.org.rows)
    @rule(pick=PICK)
    def read(self, pick: int) -> None:
        record_id, row = self.picked(pick)
        answer = self.emulator.salesforce.get(f"/sobjects/{row.kind}/{record_id}")
        if row.deleted:
            assert self.emulator.salesforce_error(answer) == (404, "NOT_FOUND")
            return
        shown = answer.json()
        assert {name: shown[name] for name in FIELDS[row.kind]} == self.whole(row.kind, row.fields)

    @rule(
        kind=st.sampled_from(["Contact", "Lead"]),
        name=st.sampled_from(["LastName", "Phone"]),
        value=TEXTS.filter(lambda text: text != ""),
        operator=st.sampled_from(["=", "!=", "LIKE"]),
        deleted=st.booleans(),
    )
    def search(self, kind: str, name: str, value: str | None, operator: str, deleted: bool) -> None:
        if operator == "LIKE":
            pattern = f"{value or ''}%"
            found = self.org.find(kind, lambda fields: like(fields.get(name), pattern), deleted=deleted)
            self.compare(kind, f"{name} LIKE {quoted(pattern)}", found, deleted)
            return
        wanted = operator == "="
        found = self.org.find(kind, lambda fields: same(fields.get(name), value) == wanted, deleted=deleted)
        shown = "null" if value is None else quoted(value)
        self.compare(kind, f"{name} {operator} {shown}", found, deleted)

    def compare(self, kind: str, condition: str, expected: dict[str, Fields], deleted: bool) -> None:
        # Only what this sequence made: the records of all sequences together are more than a page.
        own = ", ".join(quoted(record_id) for record_id in self.org.rows) or "null"
        statement = f"SELECT Id, {', '.join(FIELDS[kind])} FROM {kind} WHERE {condition} AND Id IN ({own})"
        records = self.emulator.soql(statement, "queryAll" if deleted else "query")["records"]
        shown = {record.pop("Id"): record for record in records if record.pop("attributes")}
        assert shown == {record_id: self.whole(kind, fields) for record_id, fields in expected.items()}

    def whole(self, kind: str, fields: Fields) -> Fields:
        return {name: fields.get(name) for name in FIELDS[kind]}

    def teardown(self) -> None:
        for kind in FIELDS:
            everything = self.org.find(kind, lambda _: True, deleted=True)
            self.compare(kind, "Id != null", everything, deleted=True)


def test_salesforce_and_its_model_agree(emulator: Emulator) -> None:
    SalesforceMachine.emulator = emulator
    run_machine(SalesforceMachine)
