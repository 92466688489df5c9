"""Generated SOQL: what the emulator finds, sorts and groups is what an evaluator of our own says.

Set PARDOTFLOW_HYPOTHESIS=thorough to look further, and to have a failing statement made short.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pardotflow.emulator.seeding import seed
from tests.emulator.model import TRIES
from tests.emulator.running import Emulator, running
from tests.emulator.salesforce.soql_model import (
    AGGREGATES,
    Among,
    Compare,
    Condition,
    Includes,
    Joined,
    Key,
    Like,
    Negation,
    Record,
    SemiJoin,
    Within,
    groups,
    in_order,
    plain,
    rolled_up,
)

MANY = settings(TRIES, max_examples=TRIES.max_examples * 6)
NOW = datetime(2024, 2, 14, 12, tzinfo=UTC)
RATINGS = ("Hot", "Warm", "Cold")
TEXTS = ["Ann", "ANN", "aNNe", "Änne", "ÄNNE", "änne", "a_b", "A%b", "ab", "aZb", "O'Neil", "back\\slash", "Zoë", "ZOË"]
TEXTS += ["😀", "straße", "STRASSE", "Ωmega", "ωMEGA", "ınce", "two\nlines", "[x]", "z"]
ACCOUNTS: list[Record] = [
    {"Id": f"0015e00000{k:05d}AAA", "Name": name, "Rating": rating, "NumberOfEmployees": size, "AnnualRevenue": money}
    for k, (name, rating, size, money) in enumerate(
        [
            ("Änne", "Hot", 5, 10.0),
            ("ann", "Cold", 0, None),
            ("Zoë", None, None, 2500.5),
            ("O'Neil", "warm", -3, 10.0),
            ("a_b", "Odd", 5, 0.0),
        ]
    )
]
CONTACTS: list[Record] = [
    {
        "Id": f"0035e00000{k:05d}AAA",
        "LastName": TEXTS[k % len(TEXTS)],
        "FirstName": [None, "Ann", "änne", "ÄNNE", "Zoe", "ann"][k % 6],
        "Email": None if k % 5 == 4 else f"{'ü' * (k % 3)}a{k % 4}@X.test",
        "Birthdate": [
            date(2022 + k % 5, 1 + k * 7 % 12, 1 + k * 11 % 28),
            date(2024, 1, 28) + timedelta(weeks=k // 4),  # Sundays
            date(2024, 1, 27) + timedelta(weeks=k // 4),
            None,
        ][k % 4],
        "SystemModstamp": datetime(2023 + k % 3, 1 + k * 5 % 12, 1 + k * 13 % 28, k, 59, 59, tzinfo=UTC),
        "DoNotCall": k % 3 == 0,
        "Topics__c": [None, "a", "b;c", "a;b;c", "c"][k % 5],
        "AccountId": [None, *(account["Id"] for account in ACCOUNTS)][k % 6],
        "ReportsToId": None if k < 4 else f"0035e00000{k // 2:05d}AAA",
    }
    for k in range(24)
]


def joined(kind: list[Record], lookup: str, relation: str, parents: list[Record]) -> None:
    """Add what a path through the lookup leads to."""
    found = {parent["Id"]: parent for parent in parents}
    for record in kind:
        parent = found.get(record[lookup], dict.fromkeys(parents[0]))
        record |= {f"{relation}.{name}": value for name, value in parent.items() if "Reports" not in name}


joined(CONTACTS, "AccountId", "Account", ACCOUNTS)
joined(CONTACTS, "ReportsToId", "ReportsTo", [dict(contact) for contact in CONTACTS])

TEXT_FIELDS = ["LastName", "FirstName", "Email", "Account.Name", "ReportsTo.LastName", "ReportsTo.Account.Name"]
NUMBERS = ["Account.NumberOfEmployees", "Account.AnnualRevenue"]
DATES = ["Birthdate", "ReportsTo.Birthdate"]
IDS = ["Id", "AccountId", "ReportsToId"]
WORDS = [(word, "DAY", k, k) for k, word in ((-1, "YESTERDAY"), (0, "TODAY"), (1, "tomorrow"))]
for unit in ("WEEK", "MONTH", "QUARTER", "YEAR"):
    WORDS += [(f"LAST_{unit}", unit, -1, -1), (f"this_{unit}", unit, 0, 0), (f"NEXT_{unit}", unit, 1, 1)]
    WORDS += [
        (f"LAST_N_{unit}S:3", unit, -3, -1),
        (f"NEXT_N_{unit}S:2", unit, 1, 2),
        (f"N_{unit}S_AGO:2", unit, -2, -2),
    ]
WORDS += [("LAST_N_DAYS:400", "DAY", -400, 0), ("NEXT_N_DAYS:300", "DAY", 1, 300), ("N_DAYS_AGO:46", "DAY", -46, -46)]
WORDS += [("LAST_90_DAYS", "DAY", -90, 0), ("NEXT_90_DAYS", "DAY", 1, 90), ("LAST_N_FISCAL_YEARS:1", "YEAR", -1, -1)]

equality = st.sampled_from(["=", "!=", "<>"])
order = st.sampled_from(["<", "<=", ">", ">="])
text = st.sampled_from([*TEXTS, "a0@x.test", "ÜA1@X.TEST", "nobody"])
number = st.sampled_from([0, 5, -3, 10.0, 2500.5, 1e3])
day = st.sampled_from([c["Birthdate"] for c in CONTACTS if c["Birthdate"]] + [date(2024, 2, 14)])
moment = st.sampled_from([c["SystemModstamp"] for c in CONTACTS])
record_id = st.sampled_from([*(c["Id"] for c in CONTACTS), *(a["Id"] for a in ACCOUNTS)])
FIELD_OF: list[tuple[st.SearchStrategy[str], st.SearchStrategy[Any]]] = [
    (st.sampled_from(TEXT_FIELDS), text),
    (st.sampled_from(NUMBERS), number),
    (st.sampled_from(DATES), day),
    (st.just("SystemModstamp"), moment),
]


def comparisons() -> list[st.SearchStrategy[Condition]]:
    """Every kind of single condition, but semi-joins."""
    made: list[st.SearchStrategy[Condition]] = []
    for field, value in [*FIELD_OF, (st.sampled_from(IDS), record_id)]:
        made += [
            st.builds(Compare, field, equality, value | st.none()),
            st.builds(Among, field, st.lists(value | st.none(), min_size=1, max_size=4).map(tuple), st.booleans()),
        ]
    made += [st.builds(Compare, field, order, value) for field, value in FIELD_OF]
    part = st.sampled_from(["%", "_", "tA", "tnn", "tÄ", "te", "tE", "t_", "t%", "t\\", "t'", "tZ", "tß", "t\n"])
    made += [
        st.builds(Like, st.sampled_from(TEXT_FIELDS), st.lists(part, min_size=1, max_size=5).map(tuple)),
        st.builds(Compare, st.just("DoNotCall"), equality, st.booleans()),
        st.builds(
            Includes,
            st.just("Topics__c"),
            st.lists(st.sampled_from(["a", "b", "c;b", "a;c"]), min_size=1, max_size=3).map(tuple),
            st.booleans(),
        ),
        st.builds(
            within,
            st.sampled_from([*DATES, "SystemModstamp"]),
            st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
            st.sampled_from(WORDS),
        ),
    ]
    return made


def within(field: str, operator: str, word: tuple[str, str, int, int]) -> Condition:
    return Within(field, operator, *word, today=NOW.date())


single = st.one_of(comparisons())
words = st.sampled_from(["AND", "OR"])
condition: st.SearchStrategy[Condition] = st.recursive(
    single,
    lambda inner: (
        st.builds(Negation, inner) | st.builds(Joined, words, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=5,
)
of_account = st.one_of(
    st.builds(Compare, st.just("Name"), order | equality, text),
    st.builds(Compare, st.just("NumberOfEmployees"), order, number.filter(lambda n: n == int(n)).map(int)),
)
semi_join = st.builds(
    SemiJoin, st.just("AccountId"), st.just("Id"), st.just("Account"), of_account, st.just(ACCOUNTS), st.booleans()
)
filters = condition | st.builds(lambda one, more: Joined("AND", (one, more)), semi_join, condition)
sort_key = st.builds(
    Key,
    st.sampled_from([*TEXT_FIELDS, *NUMBERS, *DATES, "SystemModstamp", "AccountId", "DoNotCall"]),
    st.booleans(),
    st.sampled_from(["", "FIRST", "LAST"]),
) | st.builds(Key, st.just("Account.Rating"), st.booleans(), st.sampled_from(["", "FIRST", "LAST"]), st.just(RATINGS))
GROUPED = ["FirstName", "AccountId", "Account.Name", "DoNotCall", "Birthdate", "Account.NumberOfEmployees"]
aggregate = st.one_of(
    st.tuples(st.sampled_from(["COUNT", "COUNT_DISTINCT"]), st.sampled_from(["Id", *TEXT_FIELDS, *DATES, *NUMBERS])),
    st.tuples(st.sampled_from(["SUM", "AVG", "MIN", "MAX"]), st.sampled_from(NUMBERS)),
    st.tuples(st.sampled_from(["MIN", "MAX"]), st.sampled_from([*TEXT_FIELDS, *DATES])),
)
functions = st.lists(aggregate, min_size=1, max_size=3, unique=True)


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The records above, at a time that stands still."""
    folder = tmp_path_factory.mktemp("org")
    (folder / "schema.yml").write_text(
        "salesforce: {Contact: [{name: Topics__c, type: multipicklist, picklist: [a, b, c]}]}"
    )
    for kind, records in (("Account", ACCOUNTS), ("Contact", CONTACTS)):
        write(folder / f"{kind}.csv", records)
    report = seed(folder / "org.db", folder)
    assert not report.problems
    with running(folder / "org.db") as emulator:
        now = {"now": NOW.isoformat(), "frozen": True}
        assert emulator.plain.put("/__admin/clock", json=now).status_code == 200
        yield emulator


def write(path: Path, records: list[Record]) -> None:
    names = [name for name in records[0] if "." not in name]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(names)
        for record in records:
            cells = [record[name] for name in names]
            table.writerow([c.isoformat() if isinstance(c, datetime) else "" if c is None else c for c in cells])


def found(org: Emulator, statement: str) -> list[str]:
    return [record["Id"] for record in ask(org, statement)]


def ask(org: Emulator, statement: str) -> list[Record]:
    answer = org.salesforce.get("/query", params={"q": statement})
    assert answer.status_code == 200, statement + answer.text
    records: list[Record] = answer.json()["records"]
    return records


@MANY
@given(where=filters)
def test_conditions(org: Emulator, where: Condition) -> None:
    expected = [contact["Id"] for contact in CONTACTS if where.holds(contact)]
    assert found(org, f"SELECT Id FROM Contact WHERE {where.text} ORDER BY Id") == expected


@pytest.mark.parametrize("word", WORDS, ids=[word[0] for word in WORDS])
def test_every_date_word(org: Emulator, word: tuple[str, str, int, int]) -> None:
    for operator in ("=", "<", ">="):
        where = within("Birthdate", operator, word)
        expected = [contact["Id"] for contact in CONTACTS if where.holds(contact)]
        assert found(org, f"SELECT Id FROM Contact WHERE {where.text} ORDER BY Id") == expected


@MANY
@given(
    where=condition,
    keys=st.lists(sort_key, min_size=1, max_size=3),
    limit=st.none() | st.integers(0, 30),
    offset=st.none() | st.integers(0, 30),
)
def test_order_limit_and_offset(
    org: Emulator, where: Condition, keys: list[Key], limit: int | None, offset: int | None
) -> None:
    keys = [*keys, Key("Id")]
    tail = "" if limit is None else f" LIMIT {limit}"
    tail += "" if offset is None else f" OFFSET {offset}"
    matching = in_order([contact for contact in CONTACTS if where.holds(contact)], keys)[offset or 0 :]
    order_by = ", ".join(key.text for key in keys)
    expected = [contact["Id"] for contact in matching[:limit]]
    assert found(org, f"SELECT Id FROM Contact WHERE {where.text} ORDER BY {order_by}{tail}") == expected


def shown(record: Record) -> tuple[Any, ...]:
    """Values in order, comparable with those of the other side."""
    values = [value for name, value in record.items() if name != "attributes"]
    return tuple(
        round(v, 6) if isinstance(v, float) else plain(v.isoformat() if isinstance(v, date) else v) for v in values
    )


def same_groups(org: Emulator, statement: str, expected: list[Record]) -> None:
    made = sorted(map(shown, ask(org, statement)), key=repr)
    assert made == sorted(map(shown, expected), key=repr), statement


@MANY
@given(
    where=condition,
    keys=st.lists(st.sampled_from(GROUPED), min_size=1, max_size=2, unique=True),
    functions=functions,
    least=st.none() | st.integers(0, 3),
)
def test_groups(
    org: Emulator, where: Condition, keys: list[str], functions: list[tuple[str, str]], least: int | None
) -> None:
    aggregates = [f"{name}({field})" for name, field in functions]
    members = [contact for contact in CONTACTS if where.holds(contact)]
    made = groups(members, keys, [*functions, ("COUNT", "Id")])
    having = "" if least is None else f" HAVING COUNT(Id) > {least}"
    expected = [
        {name: group[name] for name in (*keys, *aggregates)}
        for group in made
        if least is None or group["COUNT(Id)"] > least
    ]
    columns = ", ".join((*keys, *aggregates))
    same_groups(org, f"SELECT {columns} FROM Contact WHERE {where.text} GROUP BY {', '.join(keys)}{having}", expected)


@MANY
@given(where=condition, functions=functions)
def test_aggregates_of_everything(org: Emulator, where: Condition, functions: list[tuple[str, str]]) -> None:
    members = [contact for contact in CONTACTS if where.holds(contact)]
    expected = {
        f"{name}({field})": AGGREGATES[name]([m[field] for m in members if m[field] is not None])
        for name, field in functions
    }
    same_groups(org, f"SELECT {', '.join(expected)} FROM Contact WHERE {where.text}", [expected])


@MANY
@given(
    where=condition,
    keys=st.lists(st.sampled_from(GROUPED), min_size=1, max_size=3, unique=True),
    functions=functions,
    cube=st.booleans(),
)
def test_subtotals(
    org: Emulator, where: Condition, keys: list[str], functions: list[tuple[str, str]], cube: bool
) -> None:
    members = [contact for contact in CONTACTS if where.holds(contact)]
    expected = rolled_up(members, keys, functions, cube=cube)
    columns = [*keys, *(f"{name}({field})" for name, field in functions), *(f"GROUPING({key})" for key in keys)]
    statement = f"SELECT {', '.join(columns)} FROM Contact WHERE {where.text} GROUP BY"
    statement += f" {'CUBE' if cube else 'ROLLUP'}({', '.join(keys)})"
    same_groups(org, statement, [{column: group[column] for column in columns} for group in expected if members])
