"""The one exception that the emulator's own functions raise.

Vendor errors never use it: they are answers over HTTP. It carries a plain sentence for the person at the keyboard.
"""


class EmulatorError(Exception):
    """A data file, seed folder, address or setting that the emulator cannot work with."""


class MissingDataFile(EmulatorError):
    """There is no such file yet."""


class NotADataFile(EmulatorError):
    """The file holds something else, is damaged, or has another format: only a new one helps."""
