"""/composite/graph: composites of which each is saved whole or not at all."""

from typing import Any

import httpx
import pytest

from tests.emulator.running import DATA, Emulator


def node(reference: str, kind: str, **fields: object) -> dict[str, Any]:
    return {"method": "POST", "url": f"{DATA}/sobjects/{kind}", "referenceId": reference, "body": fields}


def send(emulator: Emulator, **graphs: list[dict[str, Any]]) -> httpx.Response:
    body = {"graphs": [{"graphId": name, "compositeRequest": requests} for name, requests in graphs.items()]}
    return emulator.salesforce.post("/composite/graph", json=body)


def test_each_graph_stands_for_itself(emulator: Emulator) -> None:
    good = [node("a", "Account", Name="Good"), node("c", "Contact", LastName="In", AccountId="@{a.id}")]
    bad = [node("a", "Account", Name="Bad"), node("c", "Contact", AccountId="@{a.id}")]
    answer = send(emulator, one=good, two=bad)
    assert answer.status_code == 200
    first, second = answer.json()["graphs"]
    assert list(first) == ["graphId", "graphResponse", "isSuccessful"]
    assert (first["graphId"], first["isSuccessful"], second["isSuccessful"]) == ("one", True, False)
    assert [r["httpStatusCode"] for r in first["graphResponse"]["compositeResponse"]] == [201, 201]
    halted, missing = second["graphResponse"]["compositeResponse"]
    assert halted["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert missing["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert emulator.column("SELECT Name FROM Account WHERE Name IN ('Good', 'Bad')") == ["Good"]


def test_more_nodes_than_a_composite_has(emulator: Emulator) -> None:
    requests = [node(f"r{n}", "Contact", LastName="Many") for n in range(100)]
    assert send(emulator, one=requests).json()["graphs"][0]["isSuccessful"] is True
    assert emulator.soql("SELECT COUNT() FROM Contact WHERE LastName = 'Many'")["totalSize"] == 100


@pytest.mark.parametrize(
    "graphs",
    [
        None,
        [],
        [1],
        [{"graphId": "a"}],
        [{"compositeRequest": [node("a", "Account")]}],
        [{"graphId": "a", "compositeRequest": [node("a", "Account")]}] * 2,
        [{"graphId": "a", "compositeRequest": [node("a", "Account")] * 2}],
        [{"graphId": f"g{n}", "compositeRequest": [node("a", "Account")]} for n in range(76)],
        [{"graphId": g, "compositeRequest": [node(f"r{n}", "Account") for n in range(300)]} for g in "ab"],
    ],
)
def test_the_whole_request_can_be_wrong(shared: Emulator, graphs: object) -> None:
    assert shared.salesforce.post("/composite/graph", json={"graphs": graphs}).status_code == 400


def test_graphs_exist_since_version_50(shared: Emulator) -> None:
    url = shared.environment["SF_INSTANCE_URL"] + "/services/data/v49.0/composite/graph"
    assert shared.salesforce.post(url, json={"graphs": []}).status_code == 404
