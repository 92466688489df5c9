"""No case sees another: not in what it expects, and not in which run it stands."""

from pathlib import Path
from typing import Any

import pytest

from pardotflow.config.findings import Findings
from pardotflow.core.errors import InvalidProject
from pardotflow.engine.compile import compile_sync
from pardotflow.quality.groups import group_cases
from pardotflow.quality.load import load_tests
from pardotflow.quality.resolve import bind_case
from pardotflow.quality.stage import records_of
from tests.engine.harness import Yaml
from tests.quality.stand import Stand, stand

ADA = {"object": "Contact", "Email": "ada@x.org"}
CASES: tuple[Yaml, ...] = (
    {
        "case": "found",
        "linked": False,
        "salesforce": ADA,
        "pardot": {"email": "ADA@x.org"},
        "expect": {"match": "email"},
    },
    {
        "case": "found again",
        "linked": False,
        "salesforce": ADA,
        "pardot": {"email": "ada@x.org"},
        "expect": {"match": "email"},
    },
    {"case": "new", "salesforce": ADA, "expect": {"create": "pardot", "pardot": {"email": "ada@x.org"}}},
    {"case": "new from Pardot", "pardot": {"email": "ada@x.org"}, "expect": {}},
    {"case": "linked", "salesforce": ADA, "pardot": {"email": "ada@x.org"}, "expect": {}},
    {"case": "linked too", "salesforce": ADA, "pardot": {"email": "ada@x.org"}, "expect": {}},
    {"case": "of another address", "salesforce": {**ADA, "Email": "bo@x.org"}, "expect": {"create": "pardot"}},
    {
        "case": "without any",
        "salesforce": {"object": "Lead"},
        "expect": {"skipped": "create_condition"},
    },
)


@pytest.fixture
def people(tmp_path: Path) -> Stand:
    """A sync that matches by e-mail and creates prospects."""
    create = {"pardot": {"when": "Email is not null"}}
    fields = [{"salesforce": "Email", "pardot": "email"}]
    return stand(tmp_path, fields, match=["salesforce_id", "email"], create=create)


def grouped(made: Stand, *cases: Yaml, share: bool = True) -> list[list[str]]:
    """The names of the cases of each run; `share` is true where several prospects may have one address."""
    made.run(*cases)
    (file,) = load_tests(made.project.root, (), Findings())
    sync = compile_sync(made.project.syncs[0], made.catalog)
    bound = {n: b for n, c in enumerate(file.cases) if (b := bind_case(c, sync, {}, Findings())) is not None}
    records = {n: records_of(sync, case, {}) for n, case in bound.items()}
    return [[case.case.name for case in group.values()] for group in group_cases(sync, bound, records, share=share)]


def test_every_case_holds_beside_all_others_in_any_order(people: Stand) -> None:
    for cases in (CASES, CASES[::-1]):
        assert [v.differences for v in people.run(*cases).files[0].verdicts] == [()] * len(CASES)


def test_every_case_holds_alone(people: Stand) -> None:
    assert all(people.run(case).failed == 0 for case in CASES)


def test_cases_that_could_find_each_other_get_runs_of_their_own(people: Stand) -> None:
    assert grouped(people, *CASES) == [
        ["found", "of another address", "without any"],
        ["found again"],
        ["new"],
        ["new from Pardot"],
        ["linked", "linked too"],
    ]


def test_an_id_that_two_cases_give_keeps_them_apart(people: Stand) -> None:
    def linked(name: str, **fields: Any) -> Yaml:
        return {"case": name, "salesforce": {**ADA, **fields}, "pardot": {"email": "ada@x.org"}, "expect": {}}

    same = {"Id": "003000000000001AAA"}
    assert grouped(people, linked("a", **same), linked("b", **same), linked("c")) == [["a", "c"], ["b"]]
    # The same id as 15 characters, named by a record of another case.
    named = {"case": "d", "pardot": {"salesforceId": "003000000000001"}, "expect": {"skipped": "dangling"}}
    assert grouped(people, linked("a", **same), named) == [["a"], ["d"]]


def test_an_address_that_only_one_prospect_may_have(people: Stand) -> None:
    moved: Yaml = {
        "base": {"email": "ada@x.org"},
        "salesforce": {"object": "Contact", "Email": "bo@x.org"},
        "pardot": {"email": "ada@x.org"},
        "expect": {"pardot": {"email": "bo@x.org"}},
    }
    held: Yaml = {
        "case": "holds it",
        "salesforce": {"object": "Contact"},
        "pardot": {"email": "bo@x.org"},
        "only": ["email"],
    }
    cases: list[Yaml] = [
        {"case": "one", **moved},
        {"case": "two", **moved},
        {**held, "expect": {"salesforce": {"Email": "bo@x.org"}}},
    ]
    assert [v.differences for v in people.run(*cases).files[0].verdicts] == [()] * 3
    assert grouped(people, *cases, share=False) == [["one"], ["two"], ["holds it"]]
    assert grouped(people, *cases) == [["one", "two", "holds it"]]


def test_where_an_expression_fails_every_case_is_alone(tmp_path: Path) -> None:
    sql = "cast(cast(salesforce.Title as integer) as varchar)"
    made = stand(tmp_path, [{"pardot": "company", "direction": "to_pardot", "sql": sql}], match=["email"])
    case = {"linked": False, "salesforce": {"object": "Lead", "Title": "x"}, "pardot": {}, "expect": {}}
    with pytest.raises(InvalidProject) as found:
        made.run({"case": "bad", **case})
    assert 'It fails on the case "bad"' in found.value.diagnostics[0].help
