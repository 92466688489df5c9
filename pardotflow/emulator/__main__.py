"""`python -m pardotflow.emulator --data PATH --port 0`: serve a data file.

The only output is one JSON line with the port and the process id, once connections are accepted.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from pathlib import Path

from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.server import serve


def _announce(port: int) -> None:
    # What was loaded until now stays: the garbage collector need not look at it again.
    gc.freeze()
    gc.enable()
    sys.stdout.write(json.dumps({"port": port, "pid": os.getpid()}) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Parse the command line and serve; 0 after a stop in good order, 1 where serving was not possible."""
    parser = argparse.ArgumentParser(prog="python -m pardotflow.emulator", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data file; made empty where it is missing")
    parser.add_argument("--port", type=int, default=0, help="the port; 0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--faults", type=Path, help="a fault plan, which replaces the faults of the data file")
    parser.add_argument("--tls", action="store_true", help="serve https, with a certificate made for the data file")
    parser.add_argument("--stdin-eof", action="store_true", help="stop when standard input ends")
    options = parser.parse_args()
    gc.disable()
    try:
        serve(
            options.data,
            options.port,
            options.host,
            _announce,
            stop_on_stdin_eof=options.stdin_eof,
            faults=options.faults,
            tls=options.tls,
        )
    except EmulatorError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
