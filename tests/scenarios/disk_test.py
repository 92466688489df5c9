"""A disk that is full, and a state folder that is read-only: said in one message, and nothing is sent that is not
written down. With room again the next apply goes on, and nobody stands twice.

The command runs for real on a small file system of its own, where the machine lets its user mount one.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from .busy import check_done, let_a_minute_pass, let_it_end, make_busy, settle
from .driving import SCRIPT, Project, Said, clean_environment
from .judging import last_asked, select, writes
from .live import Live, living
from .surroundings_test import only

APPLY = ("apply", "a.plan", "--env", "live", "--yes", "--quiet")
BLOCK = 4096
FULL = """
state="$1"; kept="$2"; size="$3"; shift 3
cp -a "$state" "$kept" && mount -t tmpfs -o size="$size" tmpfs "$state" && cp -a "$kept"/. "$state"/ || exit 99
"$@"; code=$?
rm -rf "$kept"; cp -a "$state" "$kept"; exit $code
"""
READ_ONLY = """
state="$1"; shift 3
mount --bind "$state" "$state" && mount -o remount,bind,ro "$state" || exit 99
exec "$@"
"""


@pytest.fixture(scope="module", autouse=True)
def _mounting() -> None:
    """Skips where nobody may mount."""
    if not shutil.which("unshare"):
        pytest.skip("there is no unshare")
    tried = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    if subprocess.run(tried, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount")


def mounted(script: str, project: Project, room: int, *command: str) -> Said:
    """Run a command whose state folder is mounted so; `room` are the bytes that are left on it."""
    state, kept = project.state, project.root / "kept"
    size = room + sum(-(-file.stat().st_size // BLOCK) * BLOCK for file in state.rglob("*") if file.is_file())
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", str(state), str(kept), str(size), str(SCRIPT), *command],
        cwd=project.root,
        env=clean_environment(project.variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if kept.exists():
        # What the small disk holds in the end is what is there when it is a large one.
        shutil.rmtree(state)
        kept.rename(state)
    return Said(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture(scope="module")
def live(live_settled: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """An org with much to do, and a plan for it."""
    busy = make_busy(live_settled, tmp_path_factory.mktemp("busy") / "small")
    with living(busy) as live:
        live.switch(latency=0.01)
        live.project.run("plan", "--env", "live", "--out", "a.plan").expect(0)
        yield live


def test_a_state_that_is_read_only(live: Live) -> None:
    since = last_asked(live.data)
    for command in (("plan", "--env", "live", "--quiet"), APPLY):
        only(mounted(READ_ONLY, live.project, 0, *command), 1, str(live.project.state), "read-only")
    assert writes(live.data, since) == []


def test_a_disk_that_is_full(live: Live) -> None:
    """At once, in the middle of the journal, while a cut-short run is closed, and when links and bases are kept."""
    since, before = last_asked(live.data), journalled(live)
    sent = []
    for room in (20_000, 300_000, 20_000, 1_200_000):
        said = mounted(FULL, live.project, room, *APPLY).expect(1)
        told = [line for line in said.err.splitlines() if line.startswith(("error", "  ="))]
        assert len(told) == 2, said.err
        assert str(live.project.state) in told[0]
        assert "Make room on the disk" in told[1] or "it may be full" in told[1]
        assert "backup" not in said.err
        let_it_end(live)
        let_a_minute_pass(live)
        sent.append(len(writes(live.data, since)))
        assert sent[-1] == journalled(live) - before
    assert sent[0] == 0
    assert 0 < sent[1] <= sent[-1]
    settle(live)
    check_done(live)


def journalled(live: Live) -> int:
    """Requests that were written down as having left."""
    return len(select(live.project.ledger, "SELECT 1 FROM requests WHERE sent_at IS NOT NULL"))
