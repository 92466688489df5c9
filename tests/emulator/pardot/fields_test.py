"""What a client may write to prospects, lists and custom fields, and read (facts pardot_api 3.1, 3.2 and 3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator, pardot_error, running

TEXTS = [
    "salutation",
    "firstName",
    "lastName",
    "company",
    "jobTitle",
    "department",
    "website",
    "phone",
    "fax",
    "addressOne",
    "addressTwo",
    "city",
    "state",
    "zip",
    "country",
    "territory",
    "industry",
    "annualRevenue",
    "employees",
    "yearsInBusiness",
    "source",
    "comments",
    "notes",
]
FLAGS = ["isDoNotEmail", "isDoNotCall", "optedOut", "isReviewed", "isStarred"]
WRITTEN: dict[str, object] = {
    "email": "all@x.test",
    **{name: f"a {name}" for name in TEXTS},
    **dict.fromkeys(FLAGS, True),
    "score": 12,
    "campaignId": 1202,
    "profileId": 3,
    "prospectAccountId": 31,
    "userId": 9000002,
    "salesforceId": "00Q5e000000led1EAA",
}
READ_ONLY = [
    "id",
    "isDeleted",
    "doNotSell",
    "grade",
    "password",
    "assignedToId",
    "lifecycleStageId",
    "recentInteraction",
    "lastActivityAt",
    "firstActivityAt",
    "firstAssignedAt",
    "firstReferrerUrl",
    "firstReferrerType",
    "firstReferrerQuery",
    "convertedAt",
    "convertedFromObjectName",
    "convertedFromObjectType",
    "campaignParameter",
    "mediumParameter",
    "sourceParameter",
    "contentParameter",
    "termParameter",
    "emailBouncedAt",
    "emailBouncedReason",
    "isEmailHardBounced",
    "salesforceLeadId",
    "salesforceContactId",
    "salesforceAccountId",
    "salesforceCampaignId",
    "salesforceLastSync",
    "salesforceUrl",
    "createdAt",
    "updatedAt",
    "createdById",
    "updatedById",
]
RELATIONS = ["campaign", "prospectAccount", "assignedTo", "createdBy", "updatedBy"]


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    base: Path = tmp_path_factory.mktemp("fields")
    (base / "prospect_accounts.csv").write_text("id,name\n31,Acme\n")
    (base / "pardot_campaigns.csv").write_text("id,name\n1201,First\n1202,Second\n")
    assert not seed(base / "emulator.db", base).problems
    with running(base / "emulator.db") as made:
        yield made


def test_every_writable_field_of_a_prospect(accounts: Emulator) -> None:
    fields = ",".join(WRITTEN)
    made = accounts.pardot.post(f"/objects/prospects?fields={fields}", json=WRITTEN)
    assert (made.status_code, made.json()) == (201, WRITTEN)
    first = accounts.prospect(email="later@x.test")
    changed = {**WRITTEN, "email": "changed@x.test"}
    updated = accounts.pardot.patch(f"/objects/prospects/{first}?fields={fields}", json=changed)
    assert (updated.status_code, updated.json()) == (200, changed)
    (found,) = accounts.values(fields=fields, email="changed@x.test")
    assert found == changed


def test_every_writable_field_can_be_imported(accounts: Emulator) -> None:
    cells = {name: "true" if value is True else str(value) for name, value in WRITTEN.items()}
    row = {**cells, "email": "imported@x.test"}
    done = accounts.run_import(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    assert done["createdCount"] == 1, done["errors"]
    (found,) = accounts.values(fields=",".join(WRITTEN), email="imported@x.test")
    assert found == {**WRITTEN, "email": "imported@x.test"}


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_is_read_only_is_shown_and_refused(accounts: Emulator, name: str) -> None:
    record_id = accounts.prospect(email="ro@x.test")
    assert list(accounts.read(record_id, name)) == [name]
    for answer in (
        accounts.pardot.patch(f"/objects/prospects/{record_id}", json={name: None}),
        accounts.pardot.post("/objects/prospects", json={"email": "ro@x.test", name: None}),
    ):
        assert pardot_error(answer) == (400, 180) and answer.json()["message"].endswith(f": {name}")


@pytest.mark.parametrize("name", RELATIONS)
def test_relations_are_read_by_their_fields(accounts: Emulator, name: str) -> None:
    record_id = accounts.prospect(**{**WRITTEN, "email": "related@x.test"})
    assert set(accounts.read(record_id, f"{name}.id")[name]) == {"id"}
    answer = accounts.pardot.patch(f"/objects/prospects/{record_id}", json={name: {"id": 1}})
    assert pardot_error(answer) == (400, 180)


def test_lists_and_custom_fields(accounts: Emulator) -> None:
    wanted: dict[str, object] = {
        "name": "All",
        "title": "Everybody",
        "description": "d",
        "isPublic": True,
        "folderId": 5,
        "campaignId": 1202,
    }
    made = accounts.pardot.post(f"/objects/lists?fields={','.join(wanted)}", json=wanted)
    assert (made.status_code, made.json()) == (201, wanted)
    field: dict[str, object] = {
        "name": "Shoe size",
        "fieldId": "shoe",
        "type": "Text",
        "isRecordMultipleResponses": True,
        "isUseValues": True,
        "isRequired": True,
        "isAnalyticsSynced": True,
        "salesforceId": "Shoe__c",
    }
    answer = accounts.pardot.post(f"/objects/custom-fields?fields={','.join(field)},apiFieldId", json=field)
    assert (answer.status_code, answer.json()) == (201, {**field, "type": "text", "apiFieldId": "shoe__c"})
    for fixed in ("fieldId", "type", "apiFieldId"):
        url = f"/objects/custom-fields/{accounts.values('custom-fields')[0]['id']}"
        assert pardot_error(accounts.pardot.patch(url, json={fixed: "x"})) == (400, 180)
