"""What a case can say, and that it holds exactly where a plan would do the same."""

from pathlib import Path

import pytest

from pardotflow.core.errors import InvalidProject
from tests.engine.harness import Yaml
from tests.quality.stand import Stand, stand

PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone"}
TITLE: Yaml = {"salesforce": "Title", "pardot": "jobTitle", "policy": "most_recent"}
CRM, UNIT = {"object": "Contact", "Phone": "2"}, {"phone": "3"}


@pytest.fixture
def phones(tmp_path: Path) -> Stand:
    """A sync of two fields that creates on both sides."""
    create = {
        "pardot": {"when": "Email is not null", "set": {"campaignId": "7"}},
        "salesforce": {
            "when": "true",
            "object": "Lead",
            "set": {"LastName": "coalesce(pardot.lastName, '?')", "Company": "'Acme'"},
            "key": "Prospect_Id__c",
        },
    }
    match = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}, "email"]
    return stand(tmp_path, [PHONE, TITLE, {"salesforce": "Email", "pardot": "email"}], match=match, create=create)


def test_a_field_that_moved_is_expected_exactly(phones: Stand) -> None:
    base = {"phone": "1"}
    pair = {"base": base, "salesforce": CRM, "pardot": {"phone": "1"}}
    assert phones.holds(**pair, expect={"pardot": {"phone": "2"}})
    assert phones.told(**pair, expect={"pardot": {"phone": "9"}}) == ['pardot phone: "9" / "2" (salesforce moved)']
    assert phones.told(**pair, expect={}) == ['pardot phone: nothing / "2" (salesforce moved)']
    assert phones.told(**pair, expect={"salesforce": {"Phone": "1"}, "pardot": {"phone": "2"}}) == [
        'salesforce Phone: "1" / nothing (salesforce moved: salesforce is written to pardot)'
    ]


def test_a_conflict_names_its_winner(phones: Stand) -> None:
    pair = {"base": {"phone": "1"}, "salesforce": CRM, "pardot": UNIT}
    change = {"pardot": {"phone": "2"}}
    assert phones.holds(**pair, expect=change | {"conflicts": {"phone": "salesforce"}})
    assert phones.holds(**pair, expect=change)
    assert phones.told(**pair, expect=change | {"conflicts": {}}) == [
        "conflict of phone: none / salesforce (both moved; policy salesforce)"
    ]
    assert phones.told(**pair, expect=change | {"conflicts": {"Title": "open", "phone": "salesforce"}}) == [
        "conflict of jobTitle: open / none (the two sides agree)"
    ]


def test_what_is_not_written_says_who_wins(phones: Stand) -> None:
    pair = {"base": {"phone": "1"}, "salesforce": CRM, "pardot": UNIT}
    assert phones.told(**pair, expect={"salesforce": {"Phone": "3"}, "pardot": {"phone": "2"}}) == [
        'salesforce Phone: "3" / nothing (salesforce wins: both moved; policy salesforce)'
    ]


def test_the_times_decide_where_the_policy_asks_them(phones: Stand) -> None:
    pair = {"base": {"Title": "a"}, "salesforce": {"object": "Lead", "Title": "b"}, "pardot": {"jobTitle": "c"}}
    early, late = "2026-01-01T10:00:00Z", "2026-01-01T12:00:00+01:00"
    assert phones.holds(**pair, expect={"conflicts": {"Title": "open"}})
    times = {"salesforce": early, "pardot": late}
    assert phones.holds(**pair, times=times, expect={"salesforce": {"Title": "c"}})
    times = {"salesforce": late, "pardot": early}
    assert phones.holds(**pair, times=times, expect={"pardot": {"jobTitle": "b"}})


def test_the_time_of_a_case_is_that_of_the_field_where_its_history_counts(tmp_path: Path) -> None:
    made = stand(tmp_path, [{**PHONE, "policy": "most_recent", "most_recent": "field"}])
    pair = {"base": {"phone": "1"}, "salesforce": CRM, "pardot": UNIT}
    early, late = "2026-01-01T10:00:00Z", "2026-01-01T12:00:00+01:00"
    assert made.holds(**pair, expect={"conflicts": {"phone": "open"}})
    times = {"salesforce": late, "pardot": early}
    assert made.holds(**pair, times=times, expect={"pardot": {"phone": "2"}, "conflicts": {"phone": "salesforce"}})
    (told,) = made.told(**pair, times=times, expect={})
    assert "most_recent by field history" in told
    assert made.run_text(made.generate()).failed == 0


def test_a_blank_is_held_and_said_by_its_mapping(phones: Stand) -> None:
    pair = {"base": {"phone": "1"}, "salesforce": {"object": "Contact"}, "pardot": {"phone": "1"}}
    assert phones.holds(**pair, expect={"held": {"Phone": "blank"}})
    assert phones.told(**pair, expect={"pardot": {"phone": None}, "held": {"phone": "too_long"}}) == [
        "pardot phone: a blank / nothing (held: a blank would replace a value)",
        "held of phone: too_long / blank (a blank would replace a value)",
    ]


def test_a_clear_is_a_change_to_a_blank(tmp_path: Path) -> None:
    made = stand(tmp_path, [{**PHONE, "on_blank": "clear"}])
    pair = {"base": {"phone": "1"}, "salesforce": {"object": "Contact", "Phone": ""}, "pardot": {"phone": "1"}}
    assert made.holds(**pair, expect={"pardot": {"phone": None}})
    assert made.told(**pair, expect={}) == ["pardot phone: nothing / a blank (salesforce moved; clears)"]


def test_without_a_base_a_pair_has_just_been_linked(phones: Stand) -> None:
    pair = {"salesforce": CRM, "pardot": UNIT}
    assert phones.holds(**pair, expect={"conflicts": {"phone": "open"}})
    assert phones.holds(**pair, base="none", expect={"conflicts": {"phone": "open"}})
    assert phones.holds(salesforce=CRM, pardot={}, expect={"pardot": {"phone": "2"}})


def test_a_base_of_a_mapping_that_changed(phones: Stand) -> None:
    base = {"phone": {"salesforce": "2", "pardot": "3", "mapping": "changed"}}
    assert phones.holds(salesforce=CRM, pardot=UNIT, base=base, expect={"conflicts": {"phone": "open"}})
    del base["phone"]["mapping"]
    assert phones.holds(salesforce=CRM, pardot=UNIT, base=base, expect={"conflicts": {}})


def test_a_new_record_is_expected_with_its_fields_or_without(phones: Stand) -> None:
    person = {"object": "Contact", "Email": "a@x.org", "Phone": "2"}
    fields = {"email": "a@x.org", "phone": "2", "campaignId": "7"}
    assert phones.holds(salesforce=person, expect={"create": "pardot"})
    assert phones.holds(salesforce=person, expect={"create": "pardot", "pardot": fields})
    assert phones.told(salesforce=person, expect={"create": "pardot", "pardot": {**fields, "phone": "3"}}) == [
        'pardot phone: "3" / "2" (new record)'
    ]
    assert (
        phones.told(salesforce=person, expect={})[0]
        == "new record in pardot: nothing / created (a create rule applies)"
    )
    lead = {"LastName": "?", "Company": "Acme", "Phone": "3", "Prospect_Id__c": "501"}
    assert phones.holds(pardot={**UNIT, "id": 501}, expect={"create": "salesforce", "salesforce": lead})


def test_a_record_that_gets_no_counterpart(phones: Stand) -> None:
    person = {"object": "Contact", "Phone": "2"}
    assert phones.holds(salesforce=person, expect={"skipped": "create_condition"})
    assert phones.told(salesforce=person, expect={"create": "pardot", "skipped": "none"}) == [
        "new record in pardot: created / nothing (create_condition: Email is not null)",
        "skipped: none / create_condition (create_condition: Email is not null)",
    ]
    assert phones.told(salesforce=person, expect={"held": "would_duplicate"}) == [
        "held record: would_duplicate / none (create_condition: Email is not null)"
    ]


def test_a_pair_that_a_match_key_must_find(phones: Stand) -> None:
    crm, unit = {"object": "Contact", "Email": "A@x.org", "Phone": "2"}, {"email": "a@x.org"}
    pair = {"linked": False, "salesforce": crm, "pardot": unit}
    assert phones.holds(**pair, expect={"match": "email", "pardot": {"phone": "2"}})
    assert phones.told(**pair, expect={"match": "salesforce_id", "pardot": {"phone": "2"}}) == [
        "match key: salesforce_id / email (the first key that finds a pair takes it)"
    ]
    own = {
        "linked": False,
        "salesforce": {**crm, "Id": "003000000000001AAA"},
        "pardot": {"salesforceId": "003000000000001"},
    }
    assert phones.holds(**own, expect={"match": "salesforce_id", "pardot": {"phone": "2", "email": "A@x.org"}})


def test_records_that_no_key_finds_are_no_pair(phones: Stand) -> None:
    pair = {"linked": False, "salesforce": CRM, "pardot": {"phone": "2", "email": "a@x.org"}}
    assert phones.holds(**pair, expect={"match": "none", "create": "salesforce"})
    told = phones.told(**pair, expect={"match": "email", "create": "salesforce", "pardot": {"phone": "2"}})
    assert told == [
        "match key: email / none (create_condition: Email is not null)",
        'pardot phone: "2" / nothing (no match key finds the pair)',
    ]


def test_a_record_in_the_recycle_bin(phones: Stand) -> None:
    pair = {"base": {"phone": "1"}, "salesforce": CRM, "pardot": {"phone": "1"}, "deleted": "salesforce"}
    assert phones.holds(**pair, expect={"skipped": "counterpart_gone"})
    assert phones.told(**pair, expect={"pardot": {"phone": "2"}})[0].startswith(
        'pardot phone: "2" / nothing (counterpart_gone'
    )


def test_a_counterpart_that_goes_along(tmp_path: Path) -> None:
    made = stand(tmp_path, [PHONE], deletes={"salesforce": "archive"})
    pair = {"base": {"phone": "1"}, "salesforce": CRM, "pardot": {"phone": "1"}}
    assert made.holds(**pair, deleted="salesforce", expect={"delete": "pardot"})
    (told,) = made.told(**pair, deleted="salesforce", expect={})
    assert told.startswith("record in pardot: nothing / deleted (Contact/CASE")
    (told,) = made.told(**pair, deleted="pardot", expect={"delete": "salesforce"})
    assert told.startswith("record in salesforce: deleted / nothing (counterpart_gone: prospect/")


def test_a_converted_lead_is_no_target(phones: Stand) -> None:
    lead = {"object": "Lead", "Phone": "2", "IsConverted": True}
    assert phones.holds(salesforce=lead, pardot=UNIT, base={"phone": "1"}, expect={"skipped": "converted"})


def test_a_field_of_the_same_name_on_two_objects(tmp_path: Path) -> None:
    made = stand(
        tmp_path,
        [
            {"salesforce": {"Contact": "Title"}, "pardot": "jobTitle"},
            {"salesforce": {"Lead": "Title"}, "pardot": "note__c"},
        ],
    )
    pair = {"base": {"note__c": "a"}, "salesforce": {"object": "Lead", "Title": "a"}, "pardot": {}}
    assert made.holds(**pair, expect={"held": {"note__c": "blank"}})
    assert made.told(**pair, expect={"salesforce": {"Title": None}}) == [
        "salesforce Title: a blank / nothing (held: a blank would replace a value)"
    ]


def test_only_some_mappings_are_looked_at(phones: Stand) -> None:
    pair = {
        "base": {"phone": "1", "Title": "a"},
        "salesforce": {**CRM, "Title": "b"},
        "pardot": {"phone": "1", "jobTitle": "a"},
    }
    assert not phones.holds(**pair, expect={"pardot": {"phone": "2"}})
    assert phones.holds(**pair, only=["phone"], expect={"pardot": {"phone": "2"}})
    assert phones.holds(**pair, only=["Title"], expect={"pardot": {"jobTitle": "b"}})


def test_values_are_what_the_systems_store(tmp_path: Path) -> None:
    fields = [
        {"salesforce": "Count__c", "pardot": "count__c"},
        {"salesforce": "Day__c", "pardot": "day__c"},
        {"salesforce": "Flag__c", "pardot": "flag__c"},
        {"salesforce": "Source__c", "pardot": "source", "values": "sources.csv"},
    ]
    crm = {"object": "Contact", "Count__c": 1.50, "Day__c": "2026-01-31", "Flag__c": True, "Source__c": "Web"}
    values = {"count__c": "1.5", "day__c": "2026-01-31", "flag__c": True, "source": "web"}
    assert stand(tmp_path, fields).holds(salesforce=crm, pardot={}, expect={"pardot": values})


def test_a_warehouse_row(tmp_path: Path) -> None:
    model = {"rows": "select 'x' as code, 1 as seats, cast(null as boolean) as active"}
    made = stand(
        tmp_path,
        [{"warehouse": "seats", "pardot": "count__c", "direction": "to_pardot"}],
        models=model,
        sides={"warehouse": {"model": "rows", "key": "code"}, "pardot": {"object": "prospect"}},
        match=[{"warehouse": "code", "pardot": "org_id__c"}],
    )
    drift = {"base": {"count__c": 5}, "warehouse": {"seats": 5}, "pardot": {"count__c": 6}}
    assert made.holds(**drift, expect={"pardot": {"count__c": 5}})
    found = {"linked": False, "warehouse": {"code": "K1", "seats": 5}, "pardot": {"org_id__c": "K1"}}
    assert made.holds(**found, expect={"match": "code = org_id__c", "pardot": {"count__c": 5}})


def test_an_expression_that_fails_names_the_case(tmp_path: Path) -> None:
    sql = "cast(cast(salesforce.Title as integer) as varchar)"
    made = stand(tmp_path, [{"pardot": "company", "direction": "to_pardot", "sql": sql}])
    good = {"case": "good", "salesforce": {"object": "Lead", "Title": "1"}, "pardot": {}, "expect": {}}
    bad = {"case": "bad", "salesforce": {"object": "Lead", "Title": "x"}, "pardot": {}, "expect": {}}
    with pytest.raises(InvalidProject) as found:
        made.run(good, bad)
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.code == "PF203" and 'It fails on the case "bad" (tests/people.yml:' in diagnostic.help
