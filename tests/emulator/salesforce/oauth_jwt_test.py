"""JWT bearer assertions: the key file, the claims, the signature."""

import base64
import json
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pardotflow.emulator.environment import key_environment
from tests.emulator.running import DATA, Emulator

BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def coded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def read_key(path: Path) -> RSAPrivateKey:
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def assertion(emulator: Emulator, key: RSAPrivateKey, **claims: object) -> str:
    algorithm = claims.pop("algorithm", "RS256")
    full = {
        "iss": emulator.environment["SF_CLIENT_ID"],
        "sub": emulator.environment["SF_USERNAME"],
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 180,
        **claims,
    }
    signed = f"{coded(json.dumps({'alg': algorithm}).encode())}.{coded(json.dumps(full).encode())}"
    return f"{signed}.{coded(key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def present(emulator: Emulator, text: str) -> httpx.Response:
    return emulator.plain.post("/services/oauth2/token", data={"grant_type": BEARER, "assertion": text})


@pytest.fixture(scope="module")
def key(shared: Emulator) -> Iterator[RSAPrivateKey]:
    yield read_key(Path(key_environment(shared.data)["SF_JWT_KEY_FILE"]))


def test_the_key_is_private_and_stays_the_same(data: Path) -> None:
    path = Path(key_environment(data)["SF_JWT_KEY_FILE"])
    assert path.parent == data.parent and stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    path.unlink()
    assert Path(key_environment(data)["SF_JWT_KEY_FILE"]).read_bytes() == before


def test_an_assertion_gives_a_session_without_refresh_token(shared: Emulator, key: RSAPrivateKey) -> None:
    answer = present(shared, assertion(shared, key))
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "scope", "instance_url", "id", "token_type"}
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert shared.plain.get(DATA + "/limits", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://test.salesforce.com"},
        {"aud": ["https://elsewhere.example", "https://login.salesforce.com/"]},
    ],
)
def test_claims_that_clients_send(shared: Emulator, key: RSAPrivateKey, claims: dict[str, object]) -> None:
    assert present(shared, assertion(shared, key, **claims)).status_code == 200


def test_an_end_may_be_text(shared: Emulator, key: RSAPrivateKey) -> None:
    assert present(shared, assertion(shared, key, exp=f"{time.time() + 200:.0f}")).status_code == 200


def test_the_emulator_itself_is_an_audience(shared: Emulator, key: RSAPrivateKey) -> None:
    assert present(shared, assertion(shared, key, aud=shared.environment["SF_LOGIN_URL"])).status_code == 200


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"aud": "https://elsewhere.example"}, "invalid_grant", "audience is invalid"),
        ({"aud": None}, "invalid_grant", "audience is invalid"),
        ({"exp": int(time.time()) - 10}, "invalid_grant", "expired authorization code"),
        ({"exp": "Infinity"}, "invalid_grant", "invalid assertion"),
        ({"exp": "soon"}, "invalid_grant", "invalid assertion"),
        ({"exp": None}, "invalid_grant", "invalid assertion"),
        ({"exp": 10**400}, "invalid_grant", "invalid assertion"),
        ({"sub": "ada.admin@emulator.test"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"sub": 7}, "invalid_grant", "user hasn't approved this consumer"),
        ({"iss": "nobody"}, "invalid_client_id", "client identifier invalid"),
        ({"algorithm": "none"}, "invalid_grant", "invalid assertion"),
        ({"algorithm": "HS256"}, "invalid_grant", "invalid assertion"),
    ],
)
def test_claims_that_are_refused(
    shared: Emulator, key: RSAPrivateKey, claims: dict[str, object], error: str, description: str
) -> None:
    answer = present(shared, assertion(shared, key, **claims))
    assert (answer.status_code, answer.json()) == (400, {"error": error, "error_description": description})


def test_a_signature_of_another_key_is_refused(shared: Emulator, key: RSAPrivateKey) -> None:
    stranger = generate_private_key(65_537, 2_048)
    assert present(shared, assertion(shared, stranger)).json()["error_description"] == "invalid assertion"


@pytest.mark.parametrize("change", [slice(0, -8), slice(8, None), slice(0, 0)])
def test_a_changed_assertion_is_refused(shared: Emulator, key: RSAPrivateKey, change: slice) -> None:
    answer = present(shared, assertion(shared, key)[change])
    assert answer.status_code == 400 and answer.json()["error"] in {"invalid_grant", "invalid_request"}


@pytest.mark.parametrize("text", ["a.b.c", "é.é.é", "e30.e30.e30", "bnVsbA.bnVsbA.", "...."])
def test_what_is_no_assertion(shared: Emulator, text: str) -> None:
    assert present(shared, text).json() == {"error": "invalid_grant", "error_description": "invalid assertion"}


def test_an_org_without_a_key_trusts_no_assertion(emulator: Emulator, key: RSAPrivateKey) -> None:
    assert present(emulator, assertion(emulator, key)).json()["error_description"] == "invalid assertion"


def test_the_vendors_command_line_sends_milliseconds(shared: Emulator, key: RSAPrivateKey) -> None:
    assert present(shared, assertion(shared, key, exp=int(time.time() * 1_000) + 300)).status_code == 200


def test_time_and_answer_can_be_turned(emulator: Emulator) -> None:
    key = read_key(Path(key_environment(emulator.data)["SF_JWT_KEY_FILE"]))
    emulator.switch(jwt_longest_seconds=7_200, jwt_answer_signed=True)
    answer = present(emulator, assertion(emulator, key, exp=int(time.time()) + 3_600)).json()
    assert {"issued_at", "signature"} <= set(answer) and "refresh_token" not in answer
    far = assertion(emulator, key, exp=int(time.time()) + 7_300)
    assert present(emulator, far).json()["error_description"] == "invalid assertion"
    emulator.advance(600)
    assert present(emulator, assertion(emulator, key)).json()["error_description"] == "expired authorization code"
