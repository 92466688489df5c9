"""A Ctrl-C that is swallowed on its way is not lost."""

import subprocess
import sys

SWALLOWED = """
import os, signal
from pardotflow.engine.interruption import listen, stop_if_asked

class Unlucky:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            pass

listen()
stop_if_asked()
Unlucky()
print("went on")
try:
    stop_if_asked()
except KeyboardInterrupt:
    print("stopped")
"""


def test_it_is_raised_again_at_the_next_step() -> None:
    done = subprocess.run([sys.executable, "-c", SWALLOWED], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["went on", "stopped"]


TOLD_OTHERWISE = """
import os, signal
from pardotflow.cli import app

def fails(**_: object) -> None:
    try:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            pass
    except KeyboardInterrupt:
        raise RuntimeError("Query interrupted") from None

app.asked = lambda words: fails
app.main()
"""


def test_one_that_comes_out_as_another_error_is_no_fault() -> None:
    done = subprocess.run([sys.executable, "-c", TOLD_OTHERWISE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
