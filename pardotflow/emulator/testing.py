"""A running emulator for tests in Python, as a context manager and as a pytest fixture.

The server runs in a thread of the test's process, on a free port; everything that a test asks of it besides the two
APIs goes straight to the data file. Write `pytest_plugins = ["pardotflow.emulator.testing"]` to have the fixture.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pardotflow.emulator.clock import from_epoch
from pardotflow.emulator.clock_setting import read_clock, set_clock
from pardotflow.emulator.creation import create_data
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.edit import edit_record
from pardotflow.emulator.environment import environment, key_environment
from pardotflow.emulator.extra import ExtraMissing
from pardotflow.emulator.faults import put_plan, read_plan
from pardotflow.emulator.log_filter import read_filter
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.request_log import clear_entries, read_entries
from pardotflow.emulator.seeding import seed
from pardotflow.emulator.server import serve
from pardotflow.emulator.snapshots import reset, restore_snapshot, take_snapshot
from pardotflow.emulator.state import turn_switches
from pardotflow.emulator.switches import SwitchValue

__all__ = ["RunningEmulator", "emulator_factory", "running_emulator"]

_START_SECONDS = 30


class RunningEmulator:
    """A served data file. `environment` has what a client needs, `url` is where both systems are.

    With `tls` a client has to trust `environment["SSL_CERT_FILE"]`.
    """

    def __init__(self, file: DataFile, port: int, *, tls: bool = False) -> None:
        self._file = file
        self.data = file.path
        self.port = port
        self.environment: Mapping[str, str] = environment(file.path, port, tls=tls) | _key(file.path)
        self.url = self.environment["SF_INSTANCE_URL"]

    @property
    def now(self) -> datetime:
        """The emulator's time."""
        return from_epoch(read_clock(self._file.read()).now)

    def set_clock(self, **wanted: object) -> None:
        """Set `now`, `offset` or `advance`, and `frozen`, as `PUT /__admin/clock` does."""
        set_clock(self._file, wanted)

    def set_faults(self, *rules: Mapping[str, Any], seed: object = 0) -> None:
        """Put a fault plan in the place of all faults; without rules there is none."""
        put_plan(self._file, read_plan({"rules": list(rules), "seed": seed}))

    def turn(self, **switches: SwitchValue) -> None:
        """Turn switches."""
        turn_switches(self._file, switches)

    def edit(self, address: str, /, *, business_unit_id: str | None = None, **fields: object) -> str:
        """Edit a record as a person would, without a unit in the first one; returns its address with the id."""
        return edit_record(self._file, address, fields, business_unit_id)

    def requests(self, **filters: str | int) -> list[Mapping[str, Any]]:
        """The recorded requests, oldest first, each with its `writes`; filters are those of the log."""
        wanted = read_filter({name: str(value) for name, value in filters.items()})
        return list(read_entries(self._file, wanted, writes=True))

    def writes(self) -> list[Mapping[str, Any]]:
        """Every record that recorded requests wrote, in order."""
        return [write for entry in self.requests() for write in entry["writes"]]

    def snapshot(self, name: str) -> None:
        """Keep everything as it is now under a name."""
        take_snapshot(self._file, name)

    def restore(self, name: str) -> None:
        """Go back to what was kept under a name."""
        restore_snapshot(self._file, name)

    def reset(self) -> None:
        """Go back to the state just after seeding; the `clock`, `faults` and `switches` of the start are gone too."""
        reset(self._file)

    def forget_requests(self) -> None:
        """Empty the log."""
        clear_entries(self._file)


def _key(data: Path) -> dict[str, str]:
    """The variable of the key for JWT assertions; none without the extra, which only signing needs."""
    try:
        return key_environment(data)
    except ExtraMissing:
        return {}


@contextmanager
def running_emulator(
    data: Path,
    *,
    folder: Path | None = None,
    clock: Mapping[str, object] | None = None,
    faults: Sequence[Mapping[str, Any]] = (),
    switches: Mapping[str, SwitchValue] | None = None,
    tls: bool = False,
) -> Iterator[RunningEmulator]:
    """Serve a data file until the end of the block; it is made from a seed folder, or empty, where it is missing.

    Raises `EmulatorError` where the folder, the file, a rule, a switch or the clock cannot be used, and for `tls`
    without the extra `emulator`.
    """
    if not data.exists():
        if folder is None:
            create_data(data)
        else:
            seed(data, folder)
    file = DataFile(data)
    try:
        if switches:
            turn_switches(file, switches)
        if clock:
            set_clock(file, clock)
        if faults:
            put_plan(file, read_plan(list(faults)))
        with _serving(data, tls=tls) as port:
            yield RunningEmulator(file, port, tls=tls)
    finally:
        file.close()


@contextmanager
def _serving(data: Path, *, tls: bool) -> Iterator[int]:
    """The port of a server in a thread; an error of its start is raised here."""
    started: queue.Queue[int | EmulatorError] = queue.Queue()
    stop = threading.Event()

    def run() -> None:
        try:
            serve(data, 0, ready=started.put, stop=stop, tls=tls)
        except EmulatorError as error:
            started.put(error)
        finally:
            started.put(EmulatorError("the emulator ended before it listened"))

    thread = threading.Thread(target=run, name="emulator")
    thread.start()
    try:
        port = started.get(timeout=_START_SECONDS)
        if isinstance(port, EmulatorError):
            raise port
        yield port
    finally:
        stop.set()
        thread.join(timeout=_START_SECONDS)


@pytest.fixture
def emulator_factory(tmp_path: Path) -> Iterator[Callable[..., RunningEmulator]]:
    """Makes emulators that run until the test ends, with the options of `running_emulator` (`folder`, `tls`, …)."""
    with ExitStack() as running:

        def make(**options: Any) -> RunningEmulator:  # noqa: ANN401 - those of running_emulator
            number = len(list(tmp_path.glob("emulator-*.db"))) + 1
            return running.enter_context(running_emulator(tmp_path / f"emulator-{number}.db", **options))

        yield make
