"""Random sequences of Pardot calls: the emulator and a small model of it in memory agree on every answer.

All sequences share one emulator; each has addresses and names of its own, and looks only at records that it made.
"""

from __future__ import annotations

import itertools
from typing import Any, ClassVar

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.emulator.model import BAD_ADDRESS, PICK, Fields, Unit, run_machine
from tests.emulator.running import Emulator

PROSPECT = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(["a", "b", BAD_ADDRESS, None]),
        "firstName": st.sampled_from(["Ann", "Bob", None]),
        "score": st.integers(-5, 500),
    },
)


class PardotMachine(RuleBasedStateMachine):
    """Prospects, lists and memberships; the clock stands still and goes on by a second for each call."""

    emulator: ClassVar[Emulator]
    runs: ClassVar[itertools.count[int]] = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.run = next(self.runs)
        self.unit = Unit()
        self.first: dict[str, int] = {}

    def address(self, name: str | None) -> str | None:
        return name if name in {None, BAD_ADDRESS} else f"{name}@run{self.run}.test"

    def meant(self, fields: Fields) -> Fields:
        """The fields with the address of this run."""
        return fields | {"email": self.address(fields["email"])} if "email" in fields else fields

    def picked(self, kind: str, pick: int) -> int | None:
        known = list(self.unit.of(kind, deleted=None))
        return known[pick % len(known)] if known else None

    def send(self, method: str, path: str, body: object = None) -> httpx.Response:
        self.emulator.advance(1)
        return self.emulator.pardot.request(method, f"/objects/{path}", json=body)

    def check(self, answer: httpx.Response, refused: int | None, status: int) -> bool:
        """Compare one write; whether it took place."""
        if refused is None:
            assert answer.status_code == status, answer.text
            return True
        assert answer.status_code >= 400 and answer.json()["code"] == refused, answer.text
        return False

    def add(self, kind: str, fields: Fields, refused: int | None) -> None:
        answer = self.send("POST", kind, fields)
        if self.check(answer, refused, 201):
            self.first.setdefault(kind, answer.json()["id"])
            self.unit.put(answer.json()["id"], kind, fields)

    def change(self, kind: str, record_id: int, fields: Fields, refused: int | None) -> None:
        row = self.unit.rows[record_id]
        answer = self.send("PATCH", f"{kind}/{record_id}", fields)
        if self.check(answer, 219 if row.deleted else refused, 204):
            self.unit.touch(record_id, fields)

    @rule(fields=PROSPECT)
    def create_prospect(self, fields: Fields) -> None:
        fields = self.meant(fields)
        self.add("prospects", fields, self.unit.refuse_prospect(fields, creating=True))

    @rule(pick=PICK, fields=PROSPECT)
    def update_prospect(self, pick: int, fields: Fields) -> None:
        record_id = self.picked("prospects", pick)
        if record_id is not None:
            fields = self.meant(fields)
            self.change("prospects", record_id, fields, self.unit.refuse_prospect(fields, creating=False))

    @rule(name=st.sampled_from(["a", "b", "c"]), search_deleted=st.booleans())
    def upsert_latest(self, name: str, search_deleted: bool) -> None:
        address = f"{name}@run{self.run}.test"
        fields: Fields = {"firstName": "Upserted"}
        body = {"matchEmail": address, "prospect": fields, "secondaryDeletedSearch": search_deleted}
        answer = self.send("POST", "prospects/do/upsertLatestByEmail", body)
        assert answer.status_code == 200, answer.text
        known = self.unit.latest(address, deleted=False)
        if known is None and search_deleted:
            known = self.unit.latest(address, deleted=True)
        if known is None:
            self.first.setdefault("prospects", answer.json()["id"])
            self.unit.put(answer.json()["id"], "prospects", {"email": address, **fields})
            return
        assert answer.json()["id"] == known
        self.unit.touch(known, fields, deleted=False)

    @rule(pick=PICK)
    def undelete(self, pick: int) -> None:
        record_id = self.picked("prospects", pick)
        if record_id is None:
            return
        assert self.send("POST", f"prospects/{record_id}/do/undelete").status_code == 200
        if self.unit.rows[record_id].deleted:
            self.unit.touch(record_id, {}, deleted=False)

    @rule(name=st.sampled_from(["News", "Offers", None]), title=st.sampled_from(["T", None]))
    def create_list(self, name: str | None, title: str | None) -> None:
        fields = {"name": name and f"{name} {self.run}", "title": title}
        self.add("lists", fields, self.unit.refuse_name(fields["name"], None))

    @rule(pick=PICK, name=st.sampled_from(["News", "Offers", "Third"]))
    def rename_list(self, pick: int, name: str) -> None:
        record_id = self.picked("lists", pick)
        if record_id is not None:
            wanted = f"{name} {self.run}"
            self.change("lists", record_id, {"name": wanted}, self.unit.refuse_name(wanted, record_id))

    @rule(one=PICK, other=PICK)
    def join(self, one: int, other: int) -> None:
        list_id, prospect_id = self.picked("lists", one), self.picked("prospects", other)
        if list_id is not None and prospect_id is not None:
            fields = {"listId": list_id, "prospectId": prospect_id}
            self.add("list-memberships", fields, self.unit.refuse_membership(list_id, prospect_id))

    @rule(pick=PICK, out=st.booleans())
    def opt_out(self, pick: int, out: bool) -> None:
        record_id = self.picked("list-memberships", pick)
        if record_id is not None:
            self.change("list-memberships", record_id, {"optedOut": out}, None)

    @rule(pick=PICK, kind=st.sampled_from(["prospects", "lists", "list-memberships"]))
    def delete(self, pick: int, kind: str) -> None:
        record_id = self.picked(kind, pick)
        if record_id is None:
            return
        answer = self.send("DELETE", f"{kind}/{record_id}")
        if self.check(answer, 109 if self.unit.rows[record_id].deleted else None, 204):
            self.unit.touch(record_id, {}, deleted=True)

    @rule(name=st.sampled_from(["a", "b"]), deleted=st.sampled_from(["false", "true", "all"]))
    def query_by_address(self, name: str, deleted: str) -> None:
        address = f"{name}@run{self.run}.test"
        values = self.emulator.values(email=address, deleted=deleted)
        asked = {"false": False, "true": True, "all": None}[deleted]
        expected = [
            key for key, fields in self.unit.of("prospects", deleted=asked).items() if fields["email"] == address
        ]
        assert [value["id"] for value in values] == expected

    @rule(pick=PICK)
    def query_members(self, pick: int) -> None:
        list_id = self.picked("lists", pick)
        if list_id is not None:
            values = self.emulator.values("list-memberships", listId=list_id, fields="prospectId")
            members = self.unit.of("list-memberships").values()
            assert [value["prospectId"] for value in values] == [
                m["prospectId"] for m in members if m["listId"] == list_id
            ]

    @rule(limit=st.integers(1, 4))
    def query_in_pages(self, limit: int) -> None:
        shown = self.pages("prospects", "id,email,firstName,score", limit, deleted="false")
        assert shown == [self.whole(key, fields) for key, fields in self.unit.of("prospects").items()]

    def pages(self, kind: str, fields: str, limit: int, **params: str) -> list[Fields]:
        if kind not in self.first:
            return []
        wanted: dict[str, Any] = {
            "fields": fields,
            "idGreaterThanOrEqualTo": self.first[kind],
            "limit": limit,
            **params,
        }
        shown: list[Fields] = []
        while True:
            page = self.emulator.pardot.get(f"/objects/{kind}", params=wanted).json()
            shown += page["values"]
            if page["nextPageToken"] is None:
                return shown
            wanted = {"fields": fields, "nextPageToken": page["nextPageToken"]}

    def whole(self, record_id: int, fields: Fields) -> Fields:
        return {"id": record_id, "email": None, "firstName": None, "score": 0} | fields

    def teardown(self) -> None:
        everything = self.unit.of("prospects", deleted=None).items()
        shown = self.pages("prospects", "id,email,firstName,score", 1000, deleted="all")
        assert shown == [self.whole(key, fields) for key, fields in everything]
        for kind, fields in (("lists", "id,name,title"), ("list-memberships", "id,listId,prospectId")):
            names = fields.split(",")[1:]
            expected = [[key, *map(f.get, names)] for key, f in self.unit.of(kind, deleted=None).items()]
            assert [list(value.values()) for value in self.pages(kind, fields, 1000, deleted="all")] == expected


def test_pardot_and_its_model_agree(emulator: Emulator) -> None:
    emulator.switch(log=False)
    assert emulator.plain.put("/__admin/clock", json={"frozen": True}).status_code == 200
    PardotMachine.emulator = emulator
    run_machine(PardotMachine)
