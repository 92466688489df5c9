"""A folder becomes a project: what is read, what is filled in, and that nothing ever raises."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pardotflow.config.connections import ConnectorState
from pardotflow.config.load import find_root, load_project
from pardotflow.config.project import (
    Direction,
    Into,
    KeyForm,
    MatchKey,
    MatchKind,
    OnBlank,
    OnGone,
    OnLink,
    Policy,
    Strength,
    TooLong,
)
from pardotflow.core.diagnostic import Severity
from pardotflow.core.secret import Secret
from pardotflow.core.values import FieldType, System

from .folder import LIVE, PROJECT, SECRETS, SYNC_HEAD, codes, load, project, write


def test_a_correct_project(tmp_path: Path) -> None:
    read = project(tmp_path)
    assert (read.name, read.root, read.environment.name) == ("acme", tmp_path, "dev")
    assert [s.name for s in read.sources] == ["contacts", "leads", "prospects", "usage"]
    assert read.sources[3].types == {"seats": FieldType.INTEGER}
    assert [(m.name, m.sources) for m in read.models] == [("usage", ("usage",))]
    assert read.models[0].sql == 'select email, plan, seats from "src_usage"\n'
    assert [s.name for s in read.syncs] == ["people", "usage"]
    assert read.state == tmp_path / ".pardotflow" / "dev"


def test_the_root_is_found_from_below(tmp_path: Path) -> None:
    write(tmp_path, {})
    assert find_root(tmp_path / "syncs") == tmp_path
    assert find_root(Path("/")) is None
    assert load_project(tmp_path / "syncs", None, {}).project is not None


def test_no_project_is_a_diagnostic(tmp_path: Path) -> None:
    loaded = load_project(tmp_path, None, {})
    assert loaded.project is None and codes(loaded) == ["PF107"]
    (tmp_path / "pardotflow.yaml").touch()
    (found,) = load_project(tmp_path, None, {}).diagnostics
    assert found.help == "Rename the file that ends in .yaml to pardotflow.yml."


def test_a_folder_that_does_not_exist_never_means_the_project_above_it(tmp_path: Path) -> None:
    write(tmp_path, {})
    assert codes(load_project(tmp_path / "exmple", None, {})) == ["PF107"]


def test_files_that_are_not_read_are_named(tmp_path: Path) -> None:
    loaded = load(tmp_path, {"syncs/more.yaml": "", "environments/eu/prod.yml": LIVE, "sources/.hidden.yaml": ""})
    assert codes(loaded) == ["PF108", "PF108"] and loaded.project is not None


def test_defaults_of_a_mapping(tmp_path: Path) -> None:
    sync = project(tmp_path).syncs[0]
    (mapping,) = sync.fields
    assert mapping.key == "firstName"
    assert (mapping.direction, mapping.policy, mapping.into) == (Direction.TWO_WAY, Policy.SALESFORCE, Into.ANY)
    assert (mapping.on_blank, mapping.on_link, mapping.too_long) == (OnBlank.HOLD, OnLink.FILL, TooLong.HOLD)
    assert mapping.a and mapping.a.by_object == {"Contact": "FirstName", "Lead": "FirstName"}
    assert mapping.b and mapping.b.by_object == {"prospect": "firstName"}
    assert mapping.span.short == "syncs/people.yml:7"
    assert (sync.strength, sync.deletes) == (
        Strength.APPLY,
        {System.SALESFORCE: OnGone.KEEP, System.PARDOT: OnGone.KEEP},
    )


def test_the_projects_defaults_count_where_a_mapping_says_nothing(tmp_path: Path) -> None:
    defaults = (
        "defaults: {direction: to_pardot, policy: ask, on_blank: clear, on_link: pardot, into: blank, too_long: cut}\n"
    )
    files = {
        "pardotflow.yml": PROJECT["pardotflow.yml"] + defaults,
        "syncs/people.yml": SYNC_HEAD
        + "fields:\n  - {salesforce: FirstName, pardot: firstName}\n"
        + "  - {salesforce: LastName, pardot: lastName, direction: two_way, policy: pardot, on_blank: refill}\n",
    }
    one, two = project(tmp_path, files).syncs[0].fields
    assert (one.direction, one.policy, one.on_blank, one.on_link) == (
        Direction.TO_PARDOT,
        Policy.ASK,
        OnBlank.CLEAR,
        OnLink.PARDOT,
    )
    assert (one.into, one.too_long) == (Into.BLANK, TooLong.CUT)
    assert (two.direction, two.policy, two.on_blank) == (Direction.TWO_WAY, Policy.PARDOT, OnBlank.REFILL)


def test_a_policy_of_a_one_way_mapping_is_the_default_except_for_consent(tmp_path: Path) -> None:
    fields = """fields:
  - {salesforce: City, pardot: city, direction: to_pardot, policy: pardot}
  - {salesforce: HasOptedOutOfEmail, pardot: optedOut, direction: to_pardot, policy: consent}
"""
    loaded = load(tmp_path, {"syncs/people.yml": SYNC_HEAD + fields})
    assert codes(loaded) == ["PF162"] and loaded.project is not None
    assert [m.policy for m in loaded.project.syncs[0].fields] == [Policy.SALESFORCE, Policy.CONSENT]


def test_the_clock_of_a_mapping_is_its_own_or_that_of_the_sync(tmp_path: Path) -> None:
    fields = """most_recent: field
fields:
  - {salesforce: City, pardot: city, policy: most_recent}
  - {salesforce: Phone, pardot: phone, policy: most_recent, most_recent: record}
  - {salesforce: Title, pardot: jobTitle}
  - {salesforce: Fax, pardot: fax, most_recent: field}
"""
    loaded = load(tmp_path, {"syncs/people.yml": SYNC_HEAD + fields})
    assert codes(loaded) == ["PF162"] and loaded.project is not None
    assert [m.asks_history for m in loaded.project.syncs[0].fields] == [True, False, False, False]


def test_the_sides_are_ordered_whatever_the_file_says(tmp_path: Path) -> None:
    head = "sync: people\nsides:\n  pardot: {object: prospect}\n  salesforce: {objects: [Lead]}\nmatch: [email]\n"
    sync = project(tmp_path, {"syncs/people.yml": head + "fields: [{pardot: city, salesforce: City}]\n"}).syncs[0]
    assert (sync.a.system, sync.b.system) == (System.SALESFORCE, System.PARDOT)
    assert sync.fields[0].a and sync.fields[0].a.label == "City"


def test_match_keys(tmp_path: Path) -> None:
    keys = [
        "salesforce_id",
        "{pardot: id, salesforce: {Lead: P__c, contact: Q__c}}",
        "email",
        "{salesforce: [LastName, Phone], pardot: [lastName, phone], form: nocase}",
        "{pardot: EMAIL, salesforce: Email, form: untagged}",
        "{salesforce: pi__url__c, pardot: id, form: url}",
    ]
    match = "match:\n" + "".join(f"  - {key}\n" for key in keys)
    text = SYNC_HEAD.replace("match: [salesforce_id, email]\n", match) + "fields: [{salesforce: City, pardot: city}]\n"
    by_id, lookup, email, both, untagged, url = project(tmp_path, {"syncs/people.yml": text}).syncs[0].match
    assert (by_id.kind, labels(by_id)) == (MatchKind.SALESFORCE_ID, [("Id", "salesforceId")])
    assert lookup.parts[0].a.by_object == {"Lead": "P__c", "Contact": "Q__c"}
    assert (lookup.name, labels(lookup)) == ("P__c/Q__c = id", [("P__c/Q__c", "id")])
    assert (email.kind, labels(email), email.name) == (MatchKind.EMAIL, [("Email", "email")], "email")
    assert (both.kind, labels(both)) == (MatchKind.LOOKUP, [("LastName", "lastName"), ("Phone", "phone")])
    assert both.name == "LastName + Phone = lastName + phone (nocase)"
    # However it is written: the key of the two e-mail fields prefers the contact, and may be shared.
    assert (untagged.kind, untagged.form, untagged.name) == (MatchKind.EMAIL, KeyForm.UNTAGGED, "email (untagged)")
    assert (url.kind, url.form, url.name) == (MatchKind.LOOKUP, KeyForm.URL, "pi__url__c = id (url)")


def labels(key: MatchKey) -> list[tuple[str, str]]:
    """The fields of both sides."""
    return [(part.a.label, part.b.label) for part in key.parts]


def test_a_warehouse_side(tmp_path: Path) -> None:
    text = PROJECT["syncs/usage.yml"].replace("match: [email]", "match: [salesforce_id, email]")
    sync = project(tmp_path, {"syncs/usage.yml": text}).syncs[1]
    assert (sync.a.system, sync.a.model, sync.a.key, sync.a.names) == (System.WAREHOUSE, "usage", "email", ("usage",))
    found = [pair for key in sync.match for pair in labels(key)]
    assert found == [("salesforce_id", "salesforceId"), ("email", "email")]
    assert (sync.fields[0].direction, sync.fields[0].key) == (Direction.TO_PARDOT, "pardot.product_plan__c")


def test_keys_of_mappings(tmp_path: Path) -> None:
    fields = """fields:
  - {salesforce: {Contact: MailingCity, Lead: City}, pardot: city}
  - {salesforce: Phone, pardot: phone}
  - {salesforce: Fax, pardot: phone}
  - {salesforce: Title, pardot: jobTitle, direction: to_pardot}
  - {salesforce: Score__c, pardot: score, direction: to_salesforce}
  - {pardot: country, sql: upper(salesforce.Country)}
"""
    mappings = project(tmp_path, {"syncs/people.yml": SYNC_HEAD + fields}).syncs[0].fields
    assert [m.key for m in mappings] == [
        "city",
        "Phone=phone",
        "Fax=phone",
        "pardot.jobTitle",
        "salesforce.Score__c",
        "pardot.country",
    ]
    assert (mappings[5].a, mappings[5].sql, mappings[5].direction) == (
        None,
        "upper(salesforce.Country)",
        Direction.TO_PARDOT,
    )


def test_create_rules(tmp_path: Path) -> None:
    create = """create:
  pardot: {when: "Email is not null", set: {campaignId: 1201}, share_email: true}
  salesforce: {object: lead, key: P__c}
"""
    rules = project(tmp_path, {"syncs/people.yml": PROJECT["syncs/people.yml"] + create}).syncs[0].create
    pardot, salesforce = rules[System.PARDOT], rules[System.SALESFORCE]
    assert (pardot.object, pardot.when, pardot.set) == ("prospect", "Email is not null", {"campaignId": "1201"})
    assert (pardot.key, pardot.share_email) == ("salesforceId", True)
    assert (salesforce.object, salesforce.key, salesforce.share_email) == ("Lead", "P__c", False)
    assert salesforce.when == "pardot.userId is not null"


def test_a_create_key_is_not_invented_without_the_match_key(tmp_path: Path) -> None:
    text = PROJECT["syncs/people.yml"].replace("[salesforce_id, email]", "[email]") + "create: {pardot: {}}\n"
    assert project(tmp_path, {"syncs/people.yml": text}).syncs[0].create[System.PARDOT].key == ""


def test_guards(tmp_path: Path) -> None:
    fields = "fields:\n  - {salesforce: Phone, pardot: phone}\n  - {salesforce: City, pardot: city, on_blank: clear}\n"
    quiet = limits(tmp_path, fields)
    assert {guard: told for guard, told in quiet.items() if told} == {
        "updates": {"": "30%"},
        "deletes": {"": "0"},
        "opt_ins": {"": "0"},
        "emails": {"": "10%"},
        "shrunk": {"": "30%"},
        "clears": {"": "0", "city": "5%"},
    }
    told = limits(
        tmp_path,
        fields + "guards: {updates: 10, conflicts: 0, opt_ins: 1.5%, clears: {Phone: 50, city: 7%}, fields: 9}\n",
    )
    assert (told["updates"], told["opt_ins"], told["conflicts"]) == ({"": "10"}, {"": "1.5%"}, {"": "0"})
    assert (told["clears"], told["fields"]) == ({"": "0", "city": "7%", "phone": "50"}, {"": "9"})
    assert limits(tmp_path, fields + "guards: {clears: 9}\n")["clears"] == {"": "9"}


def test_guards_by_side_and_object(tmp_path: Path) -> None:
    fields = "fields:\n  - {salesforce: Phone, pardot: phone}\n"
    text = "guards:\n  updates: {Prospect: 5%, salesforce: 9}\n  creates: {Lead: 3}\n  fields: {Phone: 20%}\n"
    told = limits(tmp_path, fields + text)
    assert told["updates"] == {"": "30%", "prospect": "5%", "salesforce": "9"}
    assert (told["creates"], told["fields"]) == ({"Lead": "3"}, {"phone": "20%"})
    placed = (
        project(tmp_path, {"syncs/people.yml": SYNC_HEAD + fields + text}).syncs[0].guards.limits["creates"]["Lead"]
    )
    assert placed.span is not None and str(placed.span).startswith("syncs/people.yml:")


def limits(folder: Path, rest: str) -> dict[str, dict[str, str]]:
    """The guards of a sync that ends so, as texts."""
    guards = project(folder, {"syncs/people.yml": SYNC_HEAD + rest}).syncs[0].guards
    return {guard: {k: str(v) for k, v in told.items()} for guard, told in guards.limits.items()}


def test_secrets_are_secrets_however_they_were_written(tmp_path: Path) -> None:
    read = project(tmp_path, {"environments/dev.yml": LIVE})
    salesforce = read.environment.connection("salesforce")
    assert salesforce is not None
    assert salesforce.settings["client_secret"] == Secret("s-3-c")
    assert salesforce.settings["client_id"] == "3MVG9"
    assert read.environment.connector is ConnectorState.PAUSED and read.environment.emulator is None
    assert "s-3-c" not in repr(read)
    clear = LIVE.replace("\"{{ env_var('SF_CLIENT_SECRET') }}\"", "hunter2")
    loaded = load(tmp_path, {"environments/dev.yml": clear})
    assert codes(loaded) == ["PF132"] and loaded.project is not None
    assert "hunter2" not in repr(loaded)


def test_a_secret_through_a_variable_is_no_clear_text(tmp_path: Path) -> None:
    text = LIVE.replace("env_var('SF_CLIENT_SECRET')", "var('secret')")
    vars = "vars:\n  secret: \"{{ env_var('SF_CLIENT_SECRET') }}\"\n"
    read = project(tmp_path, {"environments/dev.yml": text + vars})
    salesforce = read.environment.connection("salesforce")
    assert salesforce is not None and salesforce.settings["client_secret"] == Secret("s-3-c")


def test_an_emulator_brings_its_connections(tmp_path: Path) -> None:
    files = {
        "environments/dev.yml": "type: emulator\nseed: seed\n" + "connections:\n  warehouse: {type: files, path: w}\n"
    }
    (tmp_path / "seed").mkdir()
    environment = project(tmp_path, files).environment
    assert [(c.name, c.type, dict(c.settings)) for c in environment.connections] == [
        ("salesforce", "salesforce", {}),
        ("pardot", "pardot", {}),
        ("warehouse", "files", {"path": "w"}),
    ]
    assert environment.emulator is not None
    assert environment.emulator.seed == tmp_path / "seed"
    assert environment.emulator.data == tmp_path / ".pardotflow" / "dev" / "emulator.db"
    assert (environment.connector, environment.production, environment.ampsea) == (ConnectorState.ABSENT, False, True)


def test_variables_of_the_environment_win_over_the_projects_and_given_ones_over_both(tmp_path: Path) -> None:
    text = PROJECT["syncs/people.yml"] + "description: \"{{ var('a') }} {{ var('b') }} {{ var('c') }}\"\n"
    files = {
        "pardotflow.yml": PROJECT["pardotflow.yml"] + "vars: {a: project, b: project, c: project}\n",
        "environments/dev.yml": PROJECT["environments/dev.yml"] + "vars: {b: environment, c: environment}\n",
        "syncs/people.yml": text,
    }
    read = project(tmp_path, files, c="given")
    assert read.syncs[0].description == "project environment given"
    assert read.vars == {"a": "project", "b": "environment", "c": "given"}


def test_another_environment_is_looked_at_but_stops_nothing(tmp_path: Path) -> None:
    broken = LIVE.replace("pardot, url", "pardto, url") + "vars: {x: \"{{ env_var('NOT_HERE') }}\"}\n"
    loaded = load(tmp_path, {"environments/live.yml": broken})
    assert loaded.project is not None
    assert [(d.code, d.severity) for d in loaded.diagnostics] == [("PF112", Severity.WARNING)]


def test_the_environment_is_chosen(tmp_path: Path) -> None:
    root = write(tmp_path, {"environments/live.yml": LIVE})
    assert load_project(root, "live", {}, environ=SECRETS).project is not None
    assert codes(load_project(root, "life", {}, environ=SECRETS)) == ["PF130"]
    only = {"pardotflow.yml": "name: acme\nversion: 1\n"}
    (root / "environments/live.yml").unlink()
    assert project(tmp_path, only).environment.name == "dev"


def test_problems_of_all_files_come_at_once_and_sorted(tmp_path: Path) -> None:
    files = {
        "environments/dev.yml": "typ: emulator\n",
        "models/usage.sql": "selec 1",
        "sources/all.yml": "sources:\n  - {source: a}\n",
        "syncs/people.yml": PROJECT["syncs/people.yml"] + "strength: hope\n",
        "syncs/usage.yml": "a: [\n",
    }
    loaded = load(tmp_path, files)
    named = [d.span.file for d in loaded.diagnostics if d.span]
    assert named == sorted(named)
    assert set(named) == set(files)


def test_what_was_read_is_checked_beside_the_mistakes_of_other_files(tmp_path: Path) -> None:
    """A model that cannot be used keeps its name; nothing is judged where sources are not known."""
    broken = "select {{ var('x' }}\n"
    files = {
        "models/usage.sql": broken,
        "models/second.sql": "select 1 from {{ source('nope') }}, {{ ref('usage') }}\n",
    }
    assert codes(load(tmp_path / "one", files)) == ["PF140", "PF120"]
    assert codes(load(tmp_path / "two", {**files, "sources/more.yml": "sources: 1\n"})) == ["PF120", "PF113"]
    no_sync = {**files, "syncs/usage.yml": None, "syncs/people.yml": "sync: people\n"}
    assert "PF109" not in codes(load(tmp_path / "three", no_sync))


def test_a_folder_in_the_place_of_a_file_and_a_file_in_that_of_a_folder(tmp_path: Path) -> None:
    files = {"syncs/people.yml": None, "syncs/people.yml/a.txt": "", "models/m.sql/a.txt": ""}
    found = load(tmp_path / "one", files).diagnostics
    assert [d.message for d in found] == ["models/m.sql is a folder", "syncs/people.yml is a folder"]
    found = load(tmp_path / "two", {"syncs/people.yml": None, "syncs/usage.yml": None, "syncs": ""}).diagnostics
    assert [d.message for d in found] == ["syncs is a file"]


def test_frames_show_the_line_before_and_after(tmp_path: Path) -> None:
    (found,) = load(
        tmp_path, {"syncs/people.yml": SYNC_HEAD + "strenght: plan\nfields: [{salesforce: City, pardot: city}]\n"}
    ).diagnostics
    assert [number for number, _ in found.frame.lines] == [5, 6, 7]
    assert found.frame.lines[1] == (6, "strenght: plan")


def test_secrets_never_stand_in_a_frame(tmp_path: Path) -> None:
    text = """connector: pausd
connections:
  salesforce:
    type: salesforce
    client_id: {}
    client_secret: hunter2
    refresh_tokn: 'hunter2 two'
    private_key: |
      hunter2
      hunter2
    instance_url: nowhere
    access_token: "{{ env_var('X', 'hunter2') }}"
    password: hunter2}
"""
    loaded = load(tmp_path, {"environments/dev.yml": text})
    assert loaded.project is None
    assert "hunter2" not in repr(loaded.diagnostics)
    assert any("••••" in line for d in loaded.diagnostics for _, line in d.frame.lines)


@pytest.mark.parametrize("name", sorted(PROJECT))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1), junk=st.binary(max_size=6))
def test_no_content_raises(tmp_path: Path, name: str, cut: float, junk: bytes) -> None:
    content = PROJECT[name].encode()
    place = int(cut * len(content))
    loaded = load(tmp_path, {name: content[:place] + junk + content[place + 2 :]})
    assert (loaded.project is None) == any(d.severity is Severity.ERROR for d in loaded.diagnostics)
