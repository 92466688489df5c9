"""Time the emulator: requests a second, Bulk rows a second, loading a seed; and write bench/EMULATOR.md.

    python bench/emulator.py [--seconds S] [--records N] [--rows N]

The server is a process of its own; clients are processes with plain sockets that keep their connection, so that what
they take of the machine is small. Every figure stands beside the same figure for a server that answers nothing but
a fixed text (the ratio says more than the number where the machine is shared). Nothing is asserted.
"""

import argparse
import csv
import http.client
import json
import multiprocessing
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pardotflow.emulator import environment
from pardotflow.emulator.seeding import seed

HERE = Path(__file__).parent
DATA = "/services/data/v60.0"
CLIENTS = 4
_PLAIN = """
import sys
import uvicorn
from starlette.responses import Response
sys.stdout.write('{"port": %s}\\n')
sys.stdout.flush()
app = Response(b"x" * 1500)
uvicorn.run(app, port=%s, log_config=None, access_log=False, http="h11", loop="asyncio", lifespan="off")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of the table."""

    what: str
    rate: float
    unit: str
    note: str = ""


@contextmanager
def serving(data: Path) -> Iterator[int]:
    """The emulator as a process; its port."""
    command = [sys.executable, "-m", "pardotflow.emulator", "--data", str(data), "--port", "0", "--stdin-eof"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        yield int(json.loads(process.stdout.readline())["port"])
        process.stdin.close()


@contextmanager
def answering_plainly() -> Iterator[int]:
    """The same server software with a fixed answer; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-c", _PLAIN % (port, port)], stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def ask(port: int, request: bytes, seconds: float, found: "multiprocessing.Queue[int]") -> None:
    """One client: the same request again and again over one connection, for a while."""
    count = 0
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            connection.sendall(request)
            read_answer(connection)
            count += 1
    found.put(count)


def read_answer(connection: socket.socket) -> None:
    """Read one answer to its end; raises for one that is no success."""
    got = connection.recv(65_536)
    while b"\r\n\r\n" not in got:
        got += connection.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 20"):
        raise SystemExit(f"bench: {got[:300]!r}")
    start = head.lower().find(b"content-length:")
    length = 0 if start < 0 else int(head[start + 15 :].split(b"\r\n", 1)[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(65_536))


def measure(port: int, request: bytes, seconds: float) -> float:
    """Requests a second of all clients together."""
    found: multiprocessing.Queue[int] = multiprocessing.Queue()
    clients = [multiprocessing.Process(target=ask, args=(port, request, seconds, found)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if any(client.exitcode for client in clients):
        raise SystemExit("bench: a client has failed")
    return sum(found.get() for _ in clients) / seconds


def request_of(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def send(port: int, token: str, method: str, path: str, body: bytes = b"", media: str = "application/json") -> bytes:
    """One request, and the body of its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request(method, path, body, {"Authorization": f"Bearer {token}", "Content-Type": media})
    return connection.getresponse().read()


def time_requests(folder: Path, seconds: float) -> list[Figure]:
    """Reads and writes of one record, a query of ten, and the fixed answer."""
    data = folder / "requests.db"
    write_contacts(folder / "small", 1_000)
    seed(data, folder / "small")
    figures = []
    with answering_plainly() as port:
        plain = measure(port, request_of("GET", "/", ""), seconds)
    figures.append(Figure(what="a fixed answer from the same server software", rate=plain, unit="requests/s"))
    with serving(data) as port:
        token = environment(data, port)["SF_ACCESS_TOKEN"]
        row = f"{DATA}/sobjects/Contact/{contact_id(7)}"
        cases = {
            "read one record": request_of("GET", row, token),
            "query ten records": request_of("GET", f"{DATA}/query?q=SELECT+Id,Email+FROM+Contact+LIMIT+10", token),
            "update one record, on disk": request_of("PATCH", row, token, b'{"Phone":"5"}'),
        }
        for what, request in cases.items():
            measure(port, request, 0.3)
            rate = measure(port, request, seconds)
            note = f"{rate / plain:.2f} of the fixed answer"
            figures.append(Figure(what=what, rate=rate, unit="requests/s", note=note))
    return figures


def time_bulk(folder: Path, rows: int) -> list[Figure]:
    """An ingest job and a query job over what it made."""
    data = folder / "bulk.db"
    write_contacts(folder / "few", 1)
    seed(data, folder / "few")
    with serving(data) as port:
        token = environment(data, port)["SF_ACCESS_TOKEN"]
        body = "LastName,Email,Phone\n" + "".join(f"Bulk{n},bulk{n}@x.test,{n}\n" for n in range(rows))
        made = json.loads(
            send(port, token, "POST", f"{DATA}/jobs/ingest", b'{"object":"Contact","operation":"insert"}')
        )
        path = f"{DATA}/jobs/ingest/{made['id']}"
        send(port, token, "PUT", path + "/batches", body.encode(), "text/csv")
        began = time.perf_counter()
        send(port, token, "PATCH", path, b'{"state":"UploadComplete"}')
        wait(port, token, path)
        ingest = time.perf_counter() - began
        query = b'{"operation":"query","query":"SELECT Id, LastName, Email, SystemModstamp FROM Contact"}'
        began = time.perf_counter()
        path = f"{DATA}/jobs/query/{json.loads(send(port, token, 'POST', f'{DATA}/jobs/query', query))['id']}"
        wait(port, token, path)
        send(port, token, "GET", f"{path}/results?maxRecords={rows + 1}")
        read = time.perf_counter() - began
    delay = "with the job's 0.3 s of waiting"
    return [
        Figure(what=f"Bulk 2.0 insert of {rows:,} rows", rate=rows / ingest, unit="rows/s", note=delay),
        Figure(what=f"Bulk 2.0 query of {rows:,} rows", rate=rows / read, unit="rows/s", note=delay),
    ]


def wait(port: int, token: str, path: str) -> None:
    """Ask for a job until it is complete."""
    while True:
        job = json.loads(send(port, token, "GET", path))
        if job["state"] == "JobComplete":
            return
        if job["state"] in {"Failed", "Aborted"}:
            raise SystemExit(f"bench: {job}")
        time.sleep(0.05)


def time_seed(folder: Path, records: int) -> list[Figure]:
    """Loading a folder of CSV files."""
    write_contacts(folder / "large", records)
    began = time.perf_counter()
    seed(folder / "large.db", folder / "large")
    took = time.perf_counter() - began
    note = f"{took:.0f} s"
    if records != 1_000_000:
        note += f"; a million take {took * 1_000_000 / records:.0f} s at this rate"
    return [Figure(what=f"seed of {records:,} contacts", rate=records / took, unit="records/s", note=note)]


def contact_id(number: int) -> str:
    """The 15-character id of a contact of the seed."""
    return f"0035e00000{number:05d}" if number < 100_000 else f"0035e000{number:07d}"


def write_contacts(folder: Path, count: int) -> None:
    """A seed folder with contacts."""
    folder.mkdir()
    with (folder / "Contact.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["Id", "FirstName", "LastName", "Email", "Phone", "MailingCity"])
        lines.writerows(
            [contact_id(n), "Ann", f"Name{n}", f"person{n}@x.test", f"+1 {n}", "Oslo"] for n in range(count)
        )


def table(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| what | rate | |", "|---|---|---|"]
    lines.extend(f"| {f.what} | {f.rate:,.0f} {f.unit} | {f.note} |" for f in figures)
    return "\n".join(lines)


def machine() -> str:
    """What the figures were measured on."""
    load = os.getloadavg()[0]
    cores = f"{os.cpu_count()} cores, load average {load:.1f}"
    return f"{platform.system()} {platform.machine()}, {cores}, Python {platform.python_version()}"


def main() -> None:
    """Measure, print the table and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each kind of request is sent")
    parser.add_argument("--records", type=int, default=1_000_000, help="contacts of the seed")
    parser.add_argument("--rows", type=int, default=50_000, help="rows of the Bulk jobs")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = time_requests(folder, chosen.seconds)
        figures += time_bulk(folder, chosen.rows)
        figures += time_seed(folder, chosen.records)
    text = table(figures)
    head = f"# What the emulator reaches\n\n{machine()}; a load above the number of cores lowers every rate."
    how = f"{CLIENTS} clients as processes of the same machine, each waiting for its answer. The log is on."
    (HERE / "EMULATOR.md").write_text(f"{head} {how}\n\n{text}\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
