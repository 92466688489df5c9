"""https: the certificate, and answers whose URLs follow the scheme."""

import json
import queue
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pardotflow.emulator import environment
from pardotflow.emulator.certificate import write_certificate
from pardotflow.emulator.server import serve
from tests.emulator.running import DATA


@pytest.fixture
def client(data: Path) -> Iterator[httpx.Client]:
    """A client that trusts the certificate and nothing else."""
    ports: queue.Queue[int] = queue.Queue()
    stop = threading.Event()
    options = {"ready": ports.put, "stop": stop, "tls": True}
    thread = threading.Thread(target=serve, args=(data, 0), kwargs=options)
    thread.start()
    try:
        variables = environment(data, ports.get(timeout=20), tls=True)
        trust = ssl.create_default_context(cafile=variables["SSL_CERT_FILE"])
        trust.verify_flags |= ssl.VERIFY_X509_STRICT
        bearer = {
            "Authorization": f"Bearer {variables['SF_ACCESS_TOKEN']}",
            "Pardot-Business-Unit-Id": variables["PARDOT_BUSINESS_UNIT_ID"],
        }
        with httpx.Client(base_url=variables["SF_INSTANCE_URL"], verify=trust, headers=bearer) as made:
            yield made
    finally:
        stop.set()
        thread.join(timeout=20)
    assert not thread.is_alive()


def test_answers_name_https(client: httpx.Client) -> None:
    url = str(client.base_url)
    assert url.startswith("https://127.0.0.1:")
    identity = client.get(DATA).json()["identity"]
    assert identity.startswith(f"{url}/id/")
    assert client.get(identity).json()["urls"]["rest"].startswith(url)
    part = {"method": "GET", "url": DATA, "referenceId": "one"}
    composite = client.post(DATA + "/composite", json={"compositeRequest": [part]}).json()
    assert composite["compositeResponse"][0]["body"]["identity"] == identity


def test_localhost_is_in_the_certificate_and_other_names_are_not(client: httpx.Client) -> None:
    port = client.base_url.port
    assert client.get(f"https://localhost:{port}/services/data").status_code == 200
    with pytest.raises(httpx.ConnectError):
        client.get("/services/data", extensions={"sni_hostname": "login.salesforce.com"})


def test_whoever_does_not_know_the_certificate_does_not_trust_it(client: httpx.Client) -> None:
    with httpx.Client(base_url=client.base_url) as stranger, pytest.raises(httpx.ConnectError):
        stranger.get("/services/data")
    with httpx.Client() as plain, pytest.raises(httpx.RemoteProtocolError):
        plain.get(f"http://127.0.0.1:{client.base_url.port}/services/data")


def test_a_fault_can_drop_an_encrypted_connection_too(client: httpx.Client) -> None:
    assert client.post("/__admin/faults", json={"drop": "before"}).status_code == 201
    with pytest.raises(httpx.TransportError):
        client.get("/services/data")
    assert client.post("/__admin/faults", json={"truncate": 10}).status_code == 201
    with pytest.raises(httpx.TransportError):
        client.get("/services/data")
    assert client.get("/services/data").status_code == 200


def test_the_certificate_stays_and_its_key_is_private(data: Path) -> None:
    first = write_certificate(data)
    before = first.public.read_bytes()
    first.public.unlink()
    again = write_certificate(data)
    assert again.public.read_bytes() == before and b"PRIVATE" not in before
    assert stat.S_IMODE(again.key.stat().st_mode) == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(again.public, again.key)


def test_the_variables_name_it_for_every_kind_of_client(data: Path) -> None:
    variables = environment(data, 8443, tls=True)
    assert variables["SF_LOGIN_URL"] == variables["PARDOT_URL"] == "https://127.0.0.1:8443"
    files = {
        variables[name] for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE")
    }
    assert files == {str(write_certificate(data).public)}
    assert "SSL_CERT_FILE" not in environment(data, 8443)


def test_the_module_serves_https_and_makes_what_is_missing(tmp_path: Path) -> None:
    data = tmp_path / "new.db"
    command = [sys.executable, "-m", "pardotflow.emulator", "--data", str(data), "--tls", "--stdin-eof"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdin is not None
        port = json.loads(process.stdout.readline())["port"]
        trust = ssl.create_default_context(cafile=environment(data, port, tls=True)["SSL_CERT_FILE"])
        with httpx.Client(verify=trust) as client:
            assert client.get(f"https://127.0.0.1:{port}/services/data").status_code == 200
        process.stdin.close()
        assert process.wait(timeout=20) == 0
