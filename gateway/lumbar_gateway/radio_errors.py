"""What went wrong on the radio, by kind and in one line with what to do.

Bluetooth stacks say most of it in words only, so words are looked for. They are those of BlueZ
(``org.bluez.Error``), of bleak and bleak-retry-connector, and of the Bluetooth Core specification's
error codes (volume 1, part F), in lower case.
"""

from __future__ import annotations

import asyncio

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakCharacteristicNotFoundError,
    BleakDeviceNotFoundError,
    BleakGATTProtocolError,
)
from bleak_retry_connector import BleakNotFoundError, BleakOutOfConnectionSlotsError

from lumbar_gateway.errors import (
    BondLostError,
    LinkError,
    ProfileError,
    ProtocolError,
    RadioBusyError,
    SensorNotFoundError,
)

# Insufficient authentication, authorisation, encryption key size, encryption (volume 3, part F).
_SECURITY_CODES = (0x05, 0x08, 0x0C, 0x0F)
_BOND_WORDS = (
    "key_missing",
    "key missing",
    "authenticationfailed",
    "authentication failed",
    "authentication_failure",
    "authentication failure",
    "not paired",
)
_BUSY_WORDS = (
    "inprogress",
    "in progress",
    "busy",
    "notready",
    "not ready",
    "abort-by-local",
    "out of connection slots",
    "limit_exceeded",
    "command_disallowed",
)
_ABSENT_WORDS = ("not found", "doesnotexist", "does not exist", "failed_to_be_established")


def explained(what: str, error: BaseException, address: str) -> LinkError:
    """Return an error of the Bluetooth stack as one of ours.

    Parameters
    ----------
    what
        What was being done.
    error
        Anything that the stack raised meanwhile.
    address
        The sensor's.
    """
    if isinstance(error, LinkError):
        return error
    said = _said(error.__cause__ or error)  # bleak-retry-connector puts its own words around
    words = f"{_said(error)} {said}".lower()
    if _is_security(error) or any(word in words for word in _BOND_WORDS):
        return BondLostError(
            f"{what}: the sensor and this gateway are no longer paired ({said}): "
            f"pair them again (lumbar pair {address})"
        )
    if isinstance(error, ProfileError | BleakCharacteristicNotFoundError | BleakGATTProtocolError):
        return ProtocolError(f"{what}: {said}: the sensor does not do as its profile says")
    if isinstance(error, BleakOutOfConnectionSlotsError | BleakBluetoothNotAvailableError) or any(
        word in words for word in _BUSY_WORDS
    ):
        return RadioBusyError(f"{what}: Bluetooth is busy ({said})")
    if isinstance(
        error, asyncio.TimeoutError | BleakNotFoundError | BleakDeviceNotFoundError
    ) or any(word in words for word in _ABSENT_WORDS):
        return SensorNotFoundError(f"{what}: the sensor is not in reach ({said}): bring it near")
    return LinkError(f"{what}: {said}")


def _said(error: BaseException) -> str:
    return " ".join(f"{error}".split()) or type(error).__name__


def _is_security(error: BaseException) -> bool:
    return isinstance(error, BleakGATTProtocolError) and error.code in _SECURITY_CODES
