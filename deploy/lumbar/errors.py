"""Errors of the command: one root, each message says what to do."""


class LumbarError(Exception):
    """Root of everything the ``lumbar`` command raises by itself."""


class BrokerError(LumbarError):
    """The broker inside the process cannot run."""


class TraceError(LumbarError, ValueError):
    """A trace file that cannot be used; names the file, the row and the remedy."""


class PortError(LumbarError):
    """A port that cannot be listened on."""


class DemoError(LumbarError, ValueError):
    """A demonstration that cannot be done as asked."""


class ReplayError(LumbarError):
    """A replayed trace that did not arrive as it is in the file."""


class UsageError(LumbarError):
    """A command that was given something it does not take."""


class RadioError(LumbarError):
    """The computer's own Bluetooth does not work."""
