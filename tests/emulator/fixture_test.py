"""The emulator as a fixture for tests of others."""

import ssl
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pardotflow.emulator import EmulatorError
from pardotflow.emulator.testing import RunningEmulator, emulator_factory, running_emulator
from tests.emulator.conftest import FOLDER

Factory = Callable[..., RunningEmulator]
__all__ = ["emulator_factory"]
ANN = "0035e000000con1AAA"


def client(made: RunningEmulator) -> httpx.Client:
    bearer = {"Authorization": f"Bearer {made.environment['SF_ACCESS_TOKEN']}"}
    return httpx.Client(base_url=f"{made.url}/services/data/v60.0", headers=bearer, timeout=20, trust_env=False)


def test_seed_clock_faults_switches_and_log(emulator_factory: Factory) -> None:
    made = emulator_factory(
        folder=FOLDER,
        clock={"now": "2031-05-06T12:00:00Z", "frozen": True},
        faults=[{"match": {"method": "PATCH"}, "trouble": "server_error"}],
        switches={"salesforce_daily_limit": 77},
    )
    with client(made) as salesforce:
        patch = [salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "1"}) for _ in range(2)]
        assert [answer.status_code for answer in patch] == [503, 204]
        assert patch[1].headers["sforce-limit-info"] == "api-usage=1/77"
        assert made.now == datetime(2031, 5, 6, 12, tzinfo=UTC)
        assert [entry["status"] for entry in made.requests(method="PATCH")] == [503, 204]
        assert [(write["id"], write["fields"]["Phone"]) for write in made.writes()] == [(ANN, "1")]
        made.forget_requests()
        made.set_clock(advance=60)
        made.edit(f"Contact/{ANN}", Phone="person")
        row = salesforce.get(f"/sobjects/Contact/{ANN}").json()
        assert (row["Phone"], row["LastModifiedDate"]) == ("person", "2031-05-06T12:01:00.000+0000")
        made.set_faults({"status": 418})
        assert salesforce.get("/limits").status_code == 418
        made.turn(log=False)
        salesforce.get("/limits")
        assert len(made.requests()) == 2


def test_several_at_once_have_data_of_their_own(emulator_factory: Factory) -> None:
    one, two = emulator_factory(), emulator_factory()
    assert one.port != two.port and one.data != two.data
    with client(one) as first:
        first.post("/sobjects/Lead", json={"LastName": "A", "Company": "C"})
    assert len(one.writes()) == 1 and two.writes() == []


def test_what_cannot_be_meant_is_said_at_once(tmp_path: Path) -> None:
    for options in ({"folder": tmp_path / "none"}, {"faults": [{"trouble": "rain"}]}, {"switches": {"rain": True}}):
        with pytest.raises(EmulatorError), running_emulator(tmp_path / "a.db", **options):
            pass


def test_https_with_a_certificate_to_trust(emulator_factory: Factory) -> None:
    made = emulator_factory(folder=FOLDER, tls=True)
    assert made.url.startswith("https://127.0.0.1:") and made.url == made.environment["PARDOT_URL"]
    trust = ssl.create_default_context(cafile=made.environment["SSL_CERT_FILE"])
    with httpx.Client(verify=trust, trust_env=False) as web:
        assert web.get(f"{made.url}/services/data").status_code == 200
    plain = emulator_factory()
    assert plain.url.startswith("http://") and "SSL_CERT_FILE" not in plain.environment


def test_the_key_for_assertions_is_in_the_environment(
    emulator_factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Path(emulator_factory().environment["SF_JWT_KEY_FILE"])
    assert load_pem_private_key(key.read_bytes(), None)

    for module in ("signing_key", "certificate"):
        monkeypatch.setitem(sys.modules, f"pardotflow.emulator.{module}", None)  # as where it cannot be imported
    assert "SF_JWT_KEY_FILE" not in emulator_factory().environment
    with pytest.raises(EmulatorError, match=r"pip install 'pardotflow\[emulator\]'"):
        emulator_factory(tls=True)
