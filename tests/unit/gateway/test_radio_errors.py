"""Whatever a Bluetooth stack raises becomes one line of the kind that tells what helps."""

from __future__ import annotations

import pytest
from bleak.exc import (
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from bleak_retry_connector import (
    BleakAbortedError,
    BleakNotFoundError,
    BleakOutOfConnectionSlotsError,
)

from lumbar_gateway.errors import (
    BondLostError,
    LinkError,
    ProfileError,
    ProtocolError,
    RadioBusyError,
    SensorNotFoundError,
)
from lumbar_gateway.radio_errors import explained
from lumbar_gateway.reconnect import PAUSES

ADDRESS = "C6:4C:3F:2A:91:C0"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), SensorNotFoundError),
        (BleakNotFoundError("not there"), SensorNotFoundError),
        (BleakDeviceNotFoundError(ADDRESS), SensorNotFoundError),
        (BleakDBusError("org.bluez.Error.InProgress", []), RadioBusyError),
        (BleakDBusError("org.bluez.Error.NotReady", []), RadioBusyError),
        (
            BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]),
            RadioBusyError,
        ),
        (BleakAbortedError("x: le-connection-abort-by-local"), RadioBusyError),
        (BleakOutOfConnectionSlotsError("no slot"), RadioBusyError),
        (BleakDBusError("org.bluez.Error.AuthenticationFailed", []), BondLostError),
        (BleakError(f"{ADDRESS}: [hci] PIN_OR_KEY_MISSING_ERROR"), BondLostError),
        (BleakGATTProtocolError(0x05), BondLostError),
        (BleakGATTProtocolError(0x0F), BondLostError),
        (BleakGATTProtocolError(0x03), ProtocolError),
        (BleakCharacteristicNotFoundError("4c420002"), ProtocolError),
        (ProfileError("nonsense"), ProtocolError),
        (BleakError("the weather"), LinkError),
        (EOFError(), LinkError),
        (KeyError("org.bluez.Device1"), LinkError),
        (OSError(32, "Broken pipe"), LinkError),
        (AssertionError(), LinkError),
    ],
)
def test_every_error_has_its_kind_and_is_one_line(error: Exception, kind: type[LinkError]) -> None:
    failure = explained("connecting", error, ADDRESS)
    assert type(failure) is kind
    assert str(failure).startswith("connecting: ")
    assert "\n" not in str(failure)


def test_a_lost_bond_names_the_remedy() -> None:
    assert f"lumbar pair {ADDRESS}" in str(explained("reading", BleakGATTProtocolError(5), ADDRESS))


def test_every_kind_of_failure_has_its_pause() -> None:
    kinds = [kind for kind, _, _ in PAUSES]
    assert kinds[-1] is LinkError.__mro__[1]  # the root takes what is left
    for at, kind in enumerate(kinds):
        assert not any(issubclass(kind, earlier) for earlier in kinds[:at]), kind
