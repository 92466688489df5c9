"""Checks against other files and the catalog: what is skipped, what is counted, who may write what."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from pardotflow.config.meaning import check_project, unchecked_objects
from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType

from .folder import LIVE, PROJECT, SYNC_HEAD, USAGE_HEAD, project

TEXT = FieldType.TEXT


def info(name: str, *fields: FieldInfo | str) -> ObjectInfo:
    known = tuple(FieldInfo(name=f, type=TEXT) if isinstance(f, str) else f for f in fields)
    return ObjectInfo(name=name, label=name, fields=known)


CONTACT = info("Contact", "Id", "Email", "FirstName", "MailingCity")
LEAD = info("Lead", "Id", "Email", "FirstName", "City")
PROSPECT = info("prospect", "id", "salesforceId", "email", "firstName", "city", "product_plan__c")
CATALOG = Catalog(
    objects={("salesforce", "contact"): CONTACT, ("salesforce", "lead"): LEAD, ("pardot", "prospect"): PROSPECT}
)
NOTHING = Catalog(objects={})


def said(root: Path, files: Mapping[str, str | None], catalog: Catalog = CATALOG) -> list[str]:
    return [f"{d.code} {d.span}" for d in check_project(project(root, files), catalog)]


def people(*fields: str, more: str = "") -> dict[str, str]:
    return {"syncs/people.yml": SYNC_HEAD + "fields:\n" + "".join(f"  - {{{f}}}\n" for f in fields) + more}


def test_a_correct_project_has_nothing_to_say(tmp_path: Path) -> None:
    assert said(tmp_path, {}) == []


def test_what_the_catalog_does_not_know_is_skipped_and_named(tmp_path: Path) -> None:
    files = people("salesforce: Nothing, pardot: nothing")
    read = project(tmp_path, files)
    assert check_project(read, NOTHING) == ()
    assert unchecked_objects(read, NOTHING) == (
        ("salesforce", "Contact"),
        ("salesforce", "Lead"),
        ("pardot", "prospect"),
    )
    only_lead = Catalog(objects={("salesforce", "lead"): LEAD})
    assert [d.message for d in check_project(read, only_lead)] == ['unknown field "Nothing" in salesforce Lead']
    assert unchecked_objects(read, only_lead) == (("salesforce", "Contact"), ("pardot", "prospect"))
    assert unchecked_objects(read, CATALOG) == ()


def test_a_source_with_fields_wants_its_describe(tmp_path: Path) -> None:
    more = "sources:\n  - {source: users, connection: salesforce, object: User, fields: [Email]}\n"
    assert unchecked_objects(project(tmp_path, {"sources/more.yml": more}), CATALOG) == (("salesforce", "User"),)


def test_names_have_no_case(tmp_path: Path) -> None:
    assert said(tmp_path, people("salesforce: firstname, pardot: FIRSTNAME")) == []


def test_a_field_that_objects_lack_is_said_once(tmp_path: Path) -> None:
    (found,) = check_project(project(tmp_path, people("salesforce: Titel, pardot: city")), CATALOG)
    assert found.message == 'unknown field "Titel" in salesforce Contact and Lead'


def test_an_expression_may_use_what_one_of_the_objects_has(tmp_path: Path) -> None:
    assert said(tmp_path, people('pardot: city, sql: "coalesce(salesforce.MailingCity, City)"')) == []
    assert said(tmp_path, people('pardot: city, sql: "coalesce(salesforce.MailingCity, Town)"')) == [
        "PF172 syncs/people.yml:7:59"
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "upper(FirstName) || ' x'",
        "case when FirstName like 'A%' then 1 else 0 end",
        "list_transform([FirstName], y -> upper(y))[1]",
        "cast(FirstName as date) + interval 1 day",
        "'a' in (FirstName, 'b')",
        "1201",
        "cast(FirstName as timestamp) at time zone 'Europe/Berlin'",
        "FirstName is not null and not (FirstName between 'a' and 'b')",
        "coalesce(nullif(trim(FirstName), ''), 'Unknown')",
        "regexp_replace(FirstName, '[^0-9]', '', 'g')",
        "try_cast(FirstName as integer) + 1.5 * 2",
        "FirstName ~ 'x' or FirstName ilike '%y%'",
        "strftime(try_cast(FirstName as timestamp), '%Y')",
    ],
)
def test_expressions_over_one_record(tmp_path: Path, sql: str) -> None:
    assert said(tmp_path, people(f'pardot: city, sql: "{sql}"')) == []


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("upper(", "PF170"),
        ("'open", "PF170"),
        ("-- nothing", "PF171"),
        ("sum(FirstName)", "PF171"),
        ("row_number() over ()", "PF171"),
        ("(select 1)", "PF171"),
        ("exists (select 1)", "PF171"),
        ("drop table x", "PF171"),
        ("1; 2", "PF171"),
        ("$1", "PF171"),
        ("*", "PF171"),
        ("pardot.city", "PF173"),
        ("warehouse.city", "PF173"),
        ("salesforce.Account.Name", "PF172"),
    ],
)
def test_expressions_that_are_refused(tmp_path: Path, sql: str, code: str) -> None:
    found = said(tmp_path, people(f'pardot: city, sql: "{sql}"'))
    assert [f.split()[0] for f in found] == [code]


def test_a_place_inside_a_block_of_sql(tmp_path: Path) -> None:
    sync = SYNC_HEAD + "fields:\n  - pardot: city\n    sql: |\n      upper(\n        Town\n      )\n"
    assert said(tmp_path, {"syncs/people.yml": sync}) == ["PF172 syncs/people.yml:10:9"]


def test_a_rendered_text_is_placed_as_a_whole(tmp_path: Path) -> None:
    files = people("pardot: city, sql: \"upper({{ var('field') }})\"")
    read = project(tmp_path, files, field="Town")
    assert [str(d.span) for d in check_project(read, CATALOG)] == ["syncs/people.yml:7:25"]


def test_columns_of_a_model_come_from_its_select_or_from_the_catalog(tmp_path: Path) -> None:
    files = {"syncs/usage.yml": USAGE_HEAD + "fields:\n  - {warehouse: pla, pardot: product_plan__c}\n"}
    assert said(tmp_path, files) == ["PF104 syncs/usage.yml:7:17"]
    star = {**files, "models/usage.sql": "select * from {{ source('usage') }}\n"}
    assert said(tmp_path, star) == []
    known = Catalog(objects={**CATALOG.objects, ("warehouse", "usage"): info("usage", "email", "plan")})
    assert said(tmp_path, star, known) == ["PF104 syncs/usage.yml:7:17"]


def test_the_id_is_read_whatever_a_source_selects(tmp_path: Path) -> None:
    sources = PROJECT["sources/all.yml"].replace("object: Lead}", "object: Lead, fields: [Email]}")
    assert said(tmp_path, {"sources/all.yml": sources}) == ["PF145 syncs/people.yml:7:18"]


def test_many_fields_that_a_source_leaves_out_are_one_list(tmp_path: Path) -> None:
    sources = PROJECT["sources/all.yml"].replace("object: Lead}", "object: Lead, fields: [Email]}")
    fields = ("salesforce: FirstName, pardot: firstName", "salesforce: {Lead: City}, pardot: city")
    files = {**people(*fields, 'pardot: salesforceId, sql: "upper(city)"'), "sources/all.yml": sources}
    (found,) = check_project(project(tmp_path, files), CATALOG)
    assert (found.code, str(found.span)) == ("PF145", "sources/all.yml:3:67")
    assert found.message == "the source leads does not read 2 fields of Lead that syncs use"
    assert "FirstName, City (first used at syncs/people.yml:7:18)" in found.help


def test_a_project_without_syncs_is_no_project_yet(tmp_path: Path) -> None:
    assert said(tmp_path, {"syncs/people.yml": None, "syncs/usage.yml": None}) == ["PF109 None"]


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ("salesforce: FirstName, pardot: id", "PF152"),
        ("salesforce: FirstName, pardot: lastActivityAt", "PF152"),
        ("salesforce: Id, pardot: city", "PF152"),
        ("salesforce: pi__grade__c, pardot: city", "PF152"),
        ("salesforce: FirstName, pardot: id, direction: to_salesforce", ""),
        ("salesforce: Id, pardot: city, direction: to_pardot", ""),
    ],
)
def test_read_only_fields_are_known_without_a_describe(tmp_path: Path, mapping: str, code: str) -> None:
    assert [f.split()[0] for f in said(tmp_path, people(mapping), NOTHING)] == ([code] if code else [])


@pytest.mark.parametrize(
    ("sql", "is_told"),
    [
        ("upper(Department)", True),
        ("coalesce(salesforce.Company, salesforce.department)", True),
        ("coalesce(salesforce.Account.Name, salesforce.Company)", False),
        ("account.name", False),
        ("salesforce.Company", False),
        ("salesforce.Account.Industry", True),
        ("'Example Ltd'", True),
        ("upper(", False),
    ],
)
def test_what_sql_makes_of_a_contacts_company_is_looked_at_too(tmp_path: Path, sql: str, is_told: bool) -> None:
    account = info("Account", "Name", "Industry")
    link = FieldInfo(name="AccountId", type=FieldType.ID, reference_to=("Account",))
    objects = {
        ("salesforce", "contact"): replace(CONTACT, fields=(*CONTACT.fields, link, *info("x", "Department").fields)),
        ("salesforce", "lead"): replace(LEAD, fields=(*LEAD.fields, *info("x", "Company").fields)),
        ("salesforce", "account"): account,
    }
    files = {**people(f'pardot: company, direction: to_pardot, sql: "{sql}"'), "environments/dev.yml": LIVE}
    found = [f for f in said(tmp_path, files, Catalog(objects=objects)) if "PF152" in f]
    assert [f.split()[0] for f in found] == (["PF152"] if is_told else [])
    absent = {**files, "environments/dev.yml": LIVE.replace("paused", "absent")}
    assert not [f for f in said(tmp_path, absent, Catalog(objects=objects)) if "PF152" in f]


def test_a_describe_adds_the_users_own_rights(tmp_path: Path) -> None:
    locked = replace(LEAD, fields=(*LEAD.fields[:3], FieldInfo(name="City", type=TEXT, updateable=False)))
    catalog = Catalog(objects={**CATALOG.objects, ("salesforce", "lead"): locked})
    assert said(tmp_path, people("salesforce: {Lead: City}, pardot: city"), catalog) == ["PF152 syncs/people.yml:7:25"]


def test_an_observing_sync_writes_nothing_twice(tmp_path: Path) -> None:
    second = people("salesforce: FirstName, pardot: firstName", more="strength: observe\n")["syncs/people.yml"]
    files = {"syncs/second.yml": second.replace("sync: people", "sync: second")}
    assert said(tmp_path, files) == []
    files = {"syncs/second.yml": files["syncs/second.yml"].replace("observe", "plan")}
    assert said(tmp_path, files) == ["PF153 syncs/second.yml:7:18", "PF153 syncs/second.yml:7:37"]


@pytest.mark.parametrize(
    ("mapping", "strength", "state", "is_error"),
    [
        ("salesforce: FirstName, pardot: firstName", "apply", "active", True),
        ("salesforce: FirstName, pardot: city, direction: to_salesforce", "apply", "active", True),
        ("salesforce: FirstName, pardot: firstName, direction: to_pardot", "apply", "active", False),
        ("salesforce: {Lead: Score__c}, pardot: score, direction: to_salesforce", "apply", "active", False),
        ("salesforce: FirstName, pardot: firstName", "observe", "active", False),
        ("salesforce: FirstName, pardot: firstName", "apply", "paused", False),
        ("salesforce: FirstName, pardot: firstName", "apply", "absent", False),
    ],
)
def test_the_vendors_connector(tmp_path: Path, mapping: str, strength: str, state: str, is_error: bool) -> None:
    files = {**people(mapping, more=f"strength: {strength}\n"), "environments/dev.yml": LIVE.replace("paused", state)}
    assert [f.split()[0] for f in said(tmp_path, files, NOTHING)] == (["PF161"] if is_error else [])


def test_the_connector_is_taken_for_active_in_a_live_org_and_absent_in_an_emulator(tmp_path: Path) -> None:
    live = LIVE.removeprefix("connector: paused\n")
    assert said(tmp_path, {"environments/dev.yml": live}, NOTHING) == ["PF161 syncs/people.yml:7:5"]
    assert said(tmp_path, {}, NOTHING) == []


def test_create_keys_are_external_ids_in_salesforce(tmp_path: Path) -> None:
    def found(*, external: bool = True, unique: bool = True, createable: bool = True) -> list[str]:
        key = FieldInfo(name="Key__c", type=TEXT, external_id=external, unique=unique, createable=createable)
        catalog = Catalog(
            objects={**CATALOG.objects, ("salesforce", "lead"): replace(LEAD, fields=(*LEAD.fields, key))}
        )
        match = "match:\n  - {salesforce: {Lead: Key__c}, pardot: id}\n  - email\n"
        text = people(
            "salesforce: FirstName, pardot: firstName",
            more="create: {salesforce: {object: Lead, when: 'true', key: Key__c}}\n",
        )
        text["syncs/people.yml"] = text["syncs/people.yml"].replace("match: [salesforce_id, email]\n", match)
        return [f.split()[0] for f in said(tmp_path, text, catalog)]

    assert found() == []
    assert found(unique=False) == ["PF159"]
    assert found(external=False) == ["PF159"]
    assert found(createable=False) == ["PF159"]


def test_a_create_key_must_be_a_match_key(tmp_path: Path) -> None:
    files = people("salesforce: FirstName, pardot: firstName", more="create: {pardot: {key: city}}\n")
    assert said(tmp_path, files) == ["PF159 syncs/people.yml:8:24"]


@pytest.mark.parametrize(
    ("fields", "create", "is_filled"),
    [
        (["salesforce: City, pardot: city"], "", False),
        (["salesforce: City, pardot: city", "salesforce: Email, pardot: email"], "", True),
        (["salesforce: City, pardot: city", "salesforce: Email, pardot: email, direction: to_salesforce"], "", False),
        (["salesforce: City, pardot: city"], "set: {email: Email}", True),
        (["salesforce: City, pardot: city", 'pardot: email, sql: "lower(Email)"'], "", True),
    ],
)
def test_required_fields_of_a_create(tmp_path: Path, fields: list[str], create: str, is_filled: bool) -> None:
    required = FieldInfo(name="email", type=FieldType.EMAIL, required_on_create=True)
    catalog = Catalog(
        objects={
            ("pardot", "prospect"): replace(PROSPECT, fields=(*PROSPECT.fields[:2], required, *PROSPECT.fields[3:]))
        }
    )
    files = people(*fields, more=f"create: {{pardot: {{{create}}}}}\n")
    found = [f.split()[0] for f in said(tmp_path, files, catalog)]
    assert found == ([] if is_filled else ["PF160"])


def test_a_number_in_a_phone_field_is_a_warning(tmp_path: Path) -> None:
    phone, number = (
        FieldInfo(name="Phone", type=FieldType.PHONE),
        FieldInfo(name="extension__c", type=FieldType.INTEGER),
    )
    lead, prospect = replace(LEAD, fields=(*LEAD.fields, phone)), replace(PROSPECT, fields=(*PROSPECT.fields, number))
    catalog = Catalog(objects={("salesforce", "lead"): lead, ("pardot", "prospect"): prospect})
    (found,) = check_project(project(tmp_path, people("salesforce: Phone, pardot: extension__c")), catalog)
    assert (found.code, str(found.severity)) == ("PF156", "warning")


def test_a_side_needs_the_connection_of_its_name(tmp_path: Path) -> None:
    live = LIVE.replace("  pardot: {", "  unit_2: {")
    found = said(tmp_path, {"environments/dev.yml": live}, NOTHING)
    assert {f.split()[0] for f in found} == {"PF131"}


@pytest.mark.parametrize("sql", ["now()", "current_date", "upper(uuid())", "FirstName || random()", "today()"])
def test_what_is_another_value_at_every_run_is_refused(tmp_path: Path, sql: str) -> None:
    (found,) = said(tmp_path, people(f'pardot: city, direction: to_pardot, sql: "{sql}"'))
    assert found.startswith("PF171 ")


def test_traps_are_none_where_the_value_means_the_same(tmp_path: Path) -> None:
    lookup = FieldInfo(name="OwnerId", type=FieldType.ID, reference_to=("User",))
    owner = FieldInfo(name="salesforceOwnerId", type=FieldType.ID)
    objects = {
        ("salesforce", "contact"): info("Contact", "Id", "Email", "Segment__c", lookup),
        ("salesforce", "lead"): info("Lead", "Id", "Email", "segment__c", "Tier__c"),
        ("pardot", "prospect"): info(
            "prospect", "id", "salesforceId", "email", "city", "state", "product_plan__c", owner
        ),
    }
    same = people(
        "salesforce: {Contact: OwnerId}, pardot: salesforceOwnerId, direction: to_pardot",
        "salesforce: {Contact: Segment__c, Lead: segment__c}, pardot: city",
        "salesforce: {Lead: Tier__c}, pardot: state",
    )
    assert said(tmp_path, same, Catalog(objects=objects)) == []


@pytest.mark.parametrize(
    "history, is_formula, found",
    [
        ("ContactHistory.ContactId", False, []),
        (None, False, []),
        ("", False, ["PF155"]),
        ("ContactHistory.ContactId", True, ["PF155"]),
    ],
)
def test_most_recent_by_field_needs_a_history(
    tmp_path: Path, history: str | None, is_formula: bool, found: list[str]
) -> None:
    city = FieldInfo(name="MailingCity", type=TEXT, calculated=is_formula, updateable=not is_formula)
    contact = replace(info("Contact", "Id", "Email", city), history=history)
    catalog = Catalog(objects={**CATALOG.objects, ("salesforce", "contact"): contact})
    field = "salesforce: {Contact: MailingCity}, pardot: city, policy: most_recent, most_recent: field"
    assert [f.split()[0] for f in said(tmp_path, people(field), catalog) if "PF152" not in f] == found
    by_record = field.replace("most_recent: field", "most_recent: record")
    assert [f for f in said(tmp_path, people(by_record), catalog) if "PF152" not in f] == []


ADDRESS = "salesforce: Email, pardot: email"


@pytest.mark.parametrize(
    "fields, more, found",
    [
        ([ADDRESS], "", ["PF179"]),
        ([f"{ADDRESS}, direction: to_pardot"], "", ["PF179"]),
        ([f"{ADDRESS}, direction: to_salesforce"], "", []),
        ([ADDRESS], "strength: observe\n", []),
        ([ADDRESS, "salesforce: HasOptedOutOfEmail, pardot: optedOut, policy: consent"], "", []),
        ([ADDRESS, "salesforce: Own__c, pardot: own__c, policy: consent"], "", []),
        (["salesforce: FirstName, pardot: firstName"], "", []),
    ],
)
def test_addresses_without_opt_outs_are_warned_of(
    tmp_path: Path, fields: list[str], more: str, found: list[str]
) -> None:
    files = people(*fields, more=more) | {"environments/dev.yml": LIVE}
    assert [f.split()[0] for f in said(tmp_path, files, NOTHING)] == found


def test_an_emulator_sends_no_mail(tmp_path: Path) -> None:
    assert said(tmp_path, people(ADDRESS), NOTHING) == []


def test_the_active_connector_carries_opt_outs_itself(tmp_path: Path) -> None:
    files = people(ADDRESS + ", direction: to_pardot") | {"environments/dev.yml": LIVE.replace("paused", "active")}
    assert said(tmp_path, files, NOTHING) == []
