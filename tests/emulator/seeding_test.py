"""Seeding a data file from a folder."""

import stat
import time
from pathlib import Path

import pytest

from pardotflow.emulator import EmulatorError, environment
from pardotflow.emulator.seeding import SeedProblem, seed
from tests.emulator.running import running


def folder(base: Path, **files: str) -> Path:
    made = base / "folder"
    made.mkdir()
    for name, text in files.items():
        (made / name.replace("_csv", ".csv").replace("_yml", ".yml")).write_text(text, encoding="utf-8")
    return made


def test_values_are_stored_as_they_are(tmp_path: Path) -> None:
    contacts = f'Id,LastName,Email,AccountId,FirstName\n0035e000000con1," Sp ace ",xxHASH==,dangling,{"f" * 60}\n'
    prospects = "id,email,salesforceId\n7,zzHASH==,someHash==\n"
    report = seed(tmp_path / "a.db", folder(tmp_path, Contact_csv=contacts, prospects_csv=prospects))
    assert report.rows == {"Contact.csv": 1, "prospects.csv": 1} and report.total == 2
    assert report.problems == ()
    with running(tmp_path / "a.db") as emulator:
        row = emulator.row("Contact", "0035e000000con1")
        assert (row["LastName"], row["Email"], row["AccountId"]) == (" Sp ace ", "xxHASH==", "dangling")
        assert len(row["FirstName"]) == 60
        assert emulator.soql("SELECT Account.Name FROM Contact")["records"][0]["Account"] is None
        assert emulator.read(7, "email,salesforceId") == {"email": "zzHASH==", "salesforceId": "someHash=="}


def test_ids_and_stamps_are_taken_or_made(tmp_path: Path) -> None:
    leads = (
        "Id,LastName,Company,CreatedDate,LastModifiedDate,SystemModstamp,MasterRecordId,IsDeleted\n"
        "00Q5e000000led1,A,C,2020-01-01 10:00:00,2020-01-02T10:00:00Z,2020-01-03T10:00:00.000+0000,00Q5e000000led9,1\n"
        ",B,C,,,2021-06-07T08:09:10.000Z,,\n,C,C,,,,,\n"
    )
    seed(tmp_path / "a.db", folder(tmp_path, Lead_csv=leads))
    with running(tmp_path / "a.db") as emulator:
        names = "Id, CreatedDate, LastModifiedDate, SystemModstamp, MasterRecordId, IsDeleted, OwnerId"
        first, second, third = emulator.soql(f"SELECT {names} FROM Lead ORDER BY LastName", "queryAll")["records"]
        assert first["CreatedDate"] == "2020-01-01T10:00:00.000+0000"
        assert first["LastModifiedDate"] == "2020-01-02T10:00:00.000+0000"
        assert first["SystemModstamp"] == "2020-01-03T10:00:00.000+0000"
        assert first["MasterRecordId"] == "00Q5e000000led9EAA" and first["IsDeleted"] is True
        assert second["Id"].startswith("00Q") and len(second["Id"]) == 18
        assert second["CreatedDate"] == second["LastModifiedDate"] == "2021-06-07T08:09:10.000+0000"
        assert third["SystemModstamp"] > "2024" and third["OwnerId"].startswith("005")
        assert emulator.create("Lead", LastName="D", Company="C") not in {r["Id"] for r in (first, second, third)}


def test_what_cannot_be_used_is_reported_and_the_rest_is_loaded(tmp_path: Path) -> None:
    contacts = (
        "Id,LastName,Birthdate,SystemModstamp,Shoe,LastName\n"
        "0035e000000con1,A,soon,whenever,44,\n"
        "nonsense,B,1980-01-01,2020-01-01T00:00:00Z,,\n"
        "0035e000000con1,C,,,,\n"
        "0035e000000con4,D,,,,,,\n"
        "\n"
        "0035e000000con5,E\n"
    )
    prospects = "id,email,score,Unknown Thing\n1,a@x.test,high,\n1,b@x.test,1,\nx,c@x.test,2,\n"
    report = seed(
        tmp_path / "a.db",
        folder(tmp_path, Contact_csv=contacts, prospects_csv=prospects, Strange_csv="a\n1\n", empty_csv=""),
    )
    assert report.rows == {"Contact.csv": 3, "prospects.csv": 2}
    assert report.unknown_columns == (
        ("Contact.csv", "Shoe"),
        ("Contact.csv", "LastName"),
        ("prospects.csv", "Unknown Thing"),
    )
    assert report.unknown_files == ("Strange.csv", "empty.csv")
    assert [str(problem) for problem in report.problems] == [
        "Contact.csv:2: Birthdate cannot hold 'soon'",
        "Contact.csv:2: SystemModstamp cannot hold 'whenever'",
        "Contact.csv:3: 'nonsense' is no record id; one was made",
        "Contact.csv:4: a second record with the id 0035e000000con1AAA",
        "Contact.csv:5: 8 values under 6 columns",
        "prospects.csv:2: score cannot hold 'high'",
        "prospects.csv:3: a second record with the id 1",
        "prospects.csv:4: id cannot hold 'x'",
    ]
    assert report.problems[0] == SeedProblem(file="Contact.csv", line=2, message="Birthdate cannot hold 'soon'")


def test_undeclared_custom_columns_become_text_fields(tmp_path: Path) -> None:
    made = folder(tmp_path, Contact_csv="LastName,Foo__c\nA,1\n", prospects_csv="email,bar__c\na@x.test,2\n")
    seed(tmp_path / "a.db", made)
    with running(tmp_path / "a.db") as emulator:
        fields = {f["name"]: f for f in emulator.salesforce.get("/sobjects/Contact/describe").json()["fields"]}
        foo = fields["Foo__c"]
        assert (foo["type"], foo["length"], foo["custom"], foo["updateable"]) == ("string", 255, True, True)
        assert emulator.column("SELECT Foo__c FROM Contact") == ["1"]
        assert emulator.values("custom-fields", fields="apiFieldId,type") == [{"apiFieldId": "bar__c", "type": "text"}]
        assert emulator.values(fields="bar__c") == [{"bar__c": "2"}]


def test_headers_of_other_exports(tmp_path: Path) -> None:
    prospects = (
        "Prospect ID,Email,First Name,job_title,Opted Out,crm_contact_fid,updated_at,crm_lead_fid\n"
        "12,a@x.test,Ann,Boss,1,0035e000000con1,2019-05-01 10:13:09 UTC,\n"
    )
    report = seed(tmp_path / "a.db", folder(tmp_path, prospects_csv=prospects))
    assert report.unknown_columns == () and report.problems == ()
    with running(tmp_path / "a.db") as emulator:
        emulator.switch(pardot_time_zone="+00:00")
        fields = "firstName,jobTitle,optedOut,salesforceId,salesforceContactId,updatedAt"
        assert emulator.read(12, fields) == {
            "firstName": "Ann",
            "jobTitle": "Boss",
            "optedOut": True,
            "salesforceContactId": "0035e000000con1",
            "salesforceId": "0035e000000con1",
            "updatedAt": "2019-05-01T10:13:09+00:00",
        }


def test_custom_fields_from_their_file(tmp_path: Path) -> None:
    fields = (
        "id,name,fieldId,apiFieldId,type,isRecordMultipleResponses\n9,A,a__c,,Number,\n10,B,,b__c,,true\n11,C,,,,\n"
    )
    prospects = 'id,email,a__c,b__c\n1,a@x.test,5,x;y\n2,b@x.test,,"[""z""]"\n'
    report = seed(tmp_path / "a.db", folder(tmp_path, custom_fields_csv=fields, prospects_csv=prospects))
    assert [p.message for p in report.problems] == ["custom field 11 has no fieldId"]
    with running(tmp_path / "a.db") as emulator:
        assert emulator.read(1, "a__c,b__c") == {"a__c": 5, "b__c": ["x", "y"]}
        assert emulator.read(2, "a__c,b__c") == {"a__c": None, "b__c": ["z"]}
        assert emulator.pardot.get("/objects/prospects?fields=b__c").json()["code"] == 224


def test_settings_and_org_of_the_schema(tmp_path: Path) -> None:
    schema = """
settings: {ampsea: false, cache_lag: 5, status_for_unit: 403}
org:
  org_id: 00D5e000000orgA
  business_unit_id: 0Uv5e000000bunA
  org_name: Demo
  refresh_token: my-refresh
  user: {id: 0055e000000userA, name: Ina Integration, username: ina@demo.test}
""".replace("0055e000000userA", "0055e0000000usr")
    seed(tmp_path / "a.db", folder(tmp_path, schema_yml=schema))
    variables = environment(tmp_path / "a.db", 80)
    assert variables["SF_REFRESH_TOKEN"] == "my-refresh" and variables["SF_USERNAME"] == "ina@demo.test"
    assert variables["PARDOT_BUSINESS_UNIT_ID"].startswith("0Uv5e000000bunA")
    with running(tmp_path / "a.db") as emulator:
        switches = emulator.plain.get("/__admin/switches").json()
        assert (switches["ampsea"], switches["cache_lag"], switches["status_for_unit"]) == (False, 5, 403)
        (org,) = emulator.soql("SELECT Id, Name, IsSandbox FROM Organization")["records"]
        assert org["Id"].startswith("00D5e000000orgA") and org["Name"] == "Demo"
        assert emulator.column("SELECT Name FROM User ORDER BY Name") == ["Ada Admin", "Ina Integration"]


def test_fields_of_the_schema(tmp_path: Path) -> None:
    schema = """
salesforce:
  Lead:
    - {name: Industry, picklist: [A, B], restricted: true}
    - {name: Score__c, type: number, precision: 5, scale: 1, label: The Score}
    - {name: Flag__c, type: checkbox}
    - {name: Sum__c, type: double, formula: true}
    - {name: Long__c, type: longtextarea}
    - {name: Must__c, type: text, length: 10, required: true}
    - {name: Home__c, type: lookup, referenceTo: Account}
    - {name: Case__c, externalId: true, unique: true, caseSensitive: true}
  Thing__c:
    - {name: Size__c, type: int}
"""
    seed(tmp_path / "a.db", folder(tmp_path, schema_yml=schema, Thing__c_csv="Name,Size__c\nBig,3\n"))
    with running(tmp_path / "a.db") as emulator:
        fields = {f["name"]: f for f in emulator.salesforce.get("/sobjects/Lead/describe").json()["fields"]}
        assert fields["Industry"]["restrictedPicklist"] and len(fields["Industry"]["picklistValues"]) == 2
        score = fields["Score__c"]
        assert (score["type"], score["precision"], score["scale"], score["label"]) == ("double", 5, 1, "The Score")
        assert fields["Flag__c"]["nillable"] is False and fields["Flag__c"]["defaultedOnCreate"] is True
        assert fields["Sum__c"]["calculated"] and not fields["Sum__c"]["updateable"]
        assert fields["Long__c"]["filterable"] is False
        assert fields["Home__c"]["relationshipName"] == "Home__r"
        assert emulator.salesforce.post("/sobjects/Lead", json={"LastName": "L", "Company": "C"}).json()[0][
            "fields"
        ] == ["Must__c"]
        for key in ("k", "K"):
            emulator.create("Lead", LastName="L", Company="C", Must__c="m", Case__c=key)
        assert emulator.column("SELECT Case__c FROM Lead WHERE Case__c = 'K'") == ["K"]
        assert emulator.column("SELECT Size__c FROM Thing__c WHERE Name = 'big'") == [3]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("nonsense: 1", "unknown key under"),
        ("settings: {nope: 1}", "there is no switch 'nope'"),
        ("settings: {ampsea: 5}", "takes a value like True"),
        ("salesforce: {Lead: [{type: text}]}", "unknown or missing key: name"),
        ("salesforce: {Lead: [{name: A__c, colour: red}]}", "colour"),
        ("salesforce: {Lead: [{name: A__c, type: magic}]}", "unknown type 'magic'"),
        ("salesforce: {Unicorn: [{name: A__c}]}", "there is no Salesforce object Unicorn"),
        ("salesforce: [1]", "must be a mapping"),
        ("org: {org_id: abc}", "must be a record id that starts with 00D"),
        ("org: {colour: red}", "unknown key under org: colour"),
        ("a: [", "schema.yml"),
        ("[]", "the schema must be a mapping"),
        ("settings: {ampse: true}", "did you mean ampsea?"),
        ("settings: {latency: .inf}", "takes a value like 0.0, not inf"),
        ("settings: {pardot_time_zone: '+99:00'}", "neither an offset like -07:00 nor a time zone name"),
        ("units: [{folder: eu, settings: {pardot_time_zone: Nope}}]", "'Nope' is neither an offset"),
        ("units: [{folder: eu, name: [a]}]", "units: name must be a text, not ['a']"),
        ("salesforce: {Lead: [{name: 'a b__c'}]}", "Lead.a b__c: a name is made of letters, digits and _"),
        ("salesforce: {Lead: [{name: A__c}, {name: a__C}]}", "Lead.a__C is declared twice"),
        ("salesforce: {Lead: [{name: A__c, length: long}]}", "Lead.A__c: length must be a whole number, not 'long'"),
        ("salesforce: {Lead: [{name: A__c, picklist: abc}]}", "picklist must be a list"),
        ("salesforce: {Lead: [{name: A__c, unique: 'no'}]}", "unique must be true or false, not 'no'"),
        ("salesforce: {Lead: [{name: A__c, type: checkbox, default: x}]}", "default must be true or false, not 'x'"),
        ("salesforce: {Lead: [{name: A__c, type: number, default: x}]}", "default must be a number, not 'x'"),
        ("salesforce: {Lead: [{name: A__c, type: lookup}]}", "names its object with referenceTo"),
        ("salesforce: {Lead: [{name: A__c, type: lookup, referenceTo: B__c}]}", "Lead.A__c: there is no object B__c"),
        ("salesforce: {'a b__c': []}", "there is no Salesforce object a b__c"),
        ("pardot: {custom_fields: [{tpye: Text, fieldId: a}]}", "unknown key under pardot: custom_fields: tpye"),
        ("pardot: {custom_fields: [{fieldId: 'a b'}]}", "fieldId is made of letters, digits and _, not 'a b'"),
        ("pardot: {custom_fields: [{fieldId: a, id: x}]}", "id must be a whole number, not 'x'"),
        ("org: {user: [1]}", "org: user must be a mapping"),
        ("org: {user: {nmae: x}}", "unknown key under org: user: nmae"),
        ("org: {user: {pardot_id: x}}", "org: user: pardot_id must be a number from 1 on, not 'x'"),
        ("org: {password: [1]}", "org: password must be a text, not [1]"),
        ("org: {refresh_token: a, access_token: a}", "must differ"),
        ("faults: [{trouble: rain}]", "rule 1: there is no trouble 'rain'"),
        ("rules: {sharing: [{object: Lead, hidden: Nope = 1}]}", "No such column 'Nope'"),
    ],
)
def test_a_wrong_schema_makes_no_file(tmp_path: Path, schema: str, words: str) -> None:
    with pytest.raises(EmulatorError) as caught:
        seed(tmp_path / "a.db", folder(tmp_path, schema_yml=schema))
    assert words in str(caught.value) and str(caught.value).startswith(f"{tmp_path / 'folder' / 'schema.yml'}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_columns_whose_names_are_none_are_left_out(tmp_path: Path) -> None:
    odd = 'a"" b__c'
    files = {"Contact_csv": f'LastName,"{odd}"\nA,1\n', "prospects_csv": f'email,"{odd}"\na@x.test,1\n'}
    fields = f'id,fieldId,type\n7,"{odd}",Text\n'
    report = seed(tmp_path / "a.db", folder(tmp_path, custom_fields_csv=fields, **files))
    assert report.unknown_columns == (("Contact.csv", 'a" b__c'), ("prospects.csv", 'a" b__c'))
    assert [str(problem) for problem in report.problems] == [
        """custom_fields.csv:0: custom field 7 has the fieldId 'a" b', which is no name"""
    ]


def test_a_standing_file_is_replaced_only_on_demand(tmp_path: Path) -> None:
    made = folder(tmp_path, Contact_csv="LastName\nA\n")
    seed(tmp_path / "a.db", made)
    assert stat.S_IMODE((tmp_path / "a.db").stat().st_mode) == 0o600
    before = environment(tmp_path / "a.db", 1)
    with pytest.raises(EmulatorError, match="exists already"):
        seed(tmp_path / "a.db", made)
    assert environment(tmp_path / "a.db", 1) == before
    seed(tmp_path / "a.db", made, replace=True)
    assert environment(tmp_path / "a.db", 1)["SF_REFRESH_TOKEN"] != before["SF_REFRESH_TOKEN"]
    with pytest.raises(EmulatorError, match="there is no folder"):
        seed(tmp_path / "b.db", tmp_path / "nowhere")


def test_ten_thousand_rows_take_seconds(tmp_path: Path) -> None:
    rows = "".join(f"a{k}@x.test,First,Last {k},2023-01-01T00:00:00Z,{k % 100}\n" for k in range(10_000))
    made = folder(tmp_path, prospects_csv="email,firstName,lastName,updatedAt,score\n" + rows)
    started = time.perf_counter()
    assert seed(tmp_path / "a.db", made).total == 10_000
    assert time.perf_counter() - started < 10
