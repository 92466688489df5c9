"""Which process this is, told apart from every other one that may share an environment, and whether another one lives.

A process is known by its machine, its id, and the moment at which it began, since ids are given again. The machine is
the kernel that runs since its last start, and the space in which it counts processes: two containers with one name are
two machines.
"""

import getpass
import os
import socket
import uuid
from dataclasses import dataclass
from pathlib import Path

CAN_TELL = os.name == "posix"
"""Whether it can be asked if a process runs without doing anything to it."""
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process. `born` is empty where the system does not tell."""

    owner: str
    host: str
    machine: str
    pid: int
    born: str


def this_process() -> Process:
    """The process that runs this."""
    return Process(
        owner=_owner(), host=socket.gethostname(), machine=_machine(), pid=os.getpid(), born=_born(os.getpid())
    )


def is_gone(process: Process, here: str) -> bool:
    """True where the process certainly does not run any more; `here` is this machine, of another one nothing is
    certain."""
    if process.machine != here or not CAN_TELL:
        return False
    if process.pid == os.getpid():
        return process.born != _born(process.pid)
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        # It runs as another user.
        pass
    born = _born(process.pid)
    return (born == "" and _knows_births()) or bool(born and process.born and born != process.born)


def _owner() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def _machine() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = str((_PROC / "self/ns/pid").readlink())
    except OSError:
        boot, space = f"{uuid.getnode():x}", ""
    return f"{socket.gethostname()} {boot} {space}".strip()


def _knows_births() -> bool:
    return (_PROC / "self/stat").exists()


def _born(pid: int) -> str:
    """When a process began, as the kernel counts; empty where it does not run, was killed and waits to be buried, or
    where the system does not tell."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    # The name in brackets may hold anything; behind it stand the state and, 19 places on, the start.
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]
