"""Two hundred clients at once: every one is answered, no write is lost or made twice, and one key stays one record."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.emulator.process_test import process
from tests.emulator.running import DATA, OBJECTS, Emulator

CLIENTS = 200
KEY = "Pardot_Prospect_Id__c"


async def call_salesforce(client: httpx.AsyncClient, number: int) -> tuple[str, str]:
    """Make a contact, change it, read it, and upsert a lead that ten clients share; the ids of both."""
    made = (await client.post(f"{DATA}/sobjects/Contact", json={"LastName": f"Client {number}"})).json()["id"]
    await client.patch(f"{DATA}/sobjects/Contact/{made}", json={"Phone": str(number)})
    shown = (await client.get(f"{DATA}/sobjects/Contact/{made}")).json()
    assert (shown["LastName"], shown["Phone"]) == (f"Client {number}", str(number))
    address = f"{DATA}/sobjects/Lead/{KEY}/shared-{number % 20}"
    answer = await client.patch(address, json={"LastName": f"Client {number}", "Company": "C"})
    assert answer.status_code in {200, 201}, answer.text
    return made, answer.json()["id"]


async def call_pardot(client: httpx.AsyncClient, number: int) -> int:
    """Make a prospect; wait and try again where the unit's places are taken."""
    while True:
        answer = await client.post(f"{OBJECTS}/prospects", json={"email": f"client{number}@many.test"})
        if answer.status_code == 201:
            return int(answer.json()["id"])
        assert (answer.status_code, answer.json()["code"]) == (429, 66), answer.text
        await asyncio.sleep(0.05)


async def at_once(emulator: Emulator, call: Any) -> list[Any]:
    """The results of one call by each of the clients, all under way together, each with a connection of its own."""
    url, headers = emulator.environment["SF_INSTANCE_URL"], emulator.pardot.headers

    async def run(number: int) -> Any:
        async with httpx.AsyncClient(
            base_url=url, headers=headers, timeout=60, verify=False, trust_env=False
        ) as client:
            return await call(client, number)

    return await asyncio.gather(*map(run, range(CLIENTS)))


def test_salesforce(data: Path) -> None:
    with process(data) as (made, emulator):
        ids = asyncio.run(at_once(emulator, call_salesforce))
        contacts = emulator.soql("SELECT Id, LastName, Phone FROM Contact WHERE LastName LIKE 'Client %'")["records"]
        leads = emulator.soql(f"SELECT Id FROM Lead WHERE {KEY} LIKE 'shared-%'")["records"]
        made.terminate()
        assert made.wait(10) == 0 and made.stderr is not None and made.stderr.read() == b""
    assert {record["Id"] for record in contacts} == {contact for contact, _ in ids}
    assert all(record["LastName"] == f"Client {record['Phone']}" for record in contacts)
    assert Counter(lead for _, lead in ids) == {record["Id"]: CLIENTS // 20 for record in leads}


def test_pardot(data: Path) -> None:
    with process(data) as (made, emulator):
        ids = asyncio.run(at_once(emulator, call_pardot))
        values = emulator.values(fields="id,email", limit=1000)
        made.terminate()
        assert made.wait(10) == 0 and made.stderr is not None and made.stderr.read() == b""
    stored = {value["id"]: value["email"] for value in values if value["email"].endswith("@many.test")}
    assert stored == {record_id: f"client{number}@many.test" for number, record_id in enumerate(ids)}
