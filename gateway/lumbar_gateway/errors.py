"""Errors of the gateway: one root, each message says what to do."""


class GatewayError(Exception):
    """Root of everything the gateway raises."""


class ProfileError(GatewayError, ValueError):
    """Bytes or values that do not fit the GATT profile."""


class MessageError(GatewayError, ValueError):
    """Bytes or values that do not fit the MQTT message format."""


class LinkError(GatewayError):
    """A link that broke, or a sensor that does not answer; its kinds differ in what helps."""


class SensorNotFoundError(LinkError):
    """A sensor that is not in reach."""


class RadioBusyError(LinkError):
    """The computer's own Bluetooth is busy with something else, or has no connection left."""


class BondLostError(LinkError):
    """One side no longer has the key of an earlier pairing: a person has to pair again."""


class PairingError(LinkError):
    """A sensor that could not be paired."""


class ProtocolError(LinkError):
    """A sensor that answers, but not as the GATT profile says."""


class CommandRefusedError(LinkError):
    """A command that the sensor answered with anything but OK."""

    def __init__(self, command: str, reason: str) -> None:
        super().__init__(f"{command} was refused: {reason}")
        self.reason = reason


class RadioStuckError(GatewayError):
    """The computer's own Bluetooth no longer works: only a new start of the program may help."""


class SpoolError(GatewayError):
    """The spool's file cannot be read or written."""


class SpoolDamagedError(SpoolError):
    """The spool's file is no longer what was written."""


class SpoolFullError(SpoolError):
    """The disk, or the spool's own limit, has no room left."""


class TlsError(GatewayError, ValueError):
    """A certificate or key file that cannot be used."""
