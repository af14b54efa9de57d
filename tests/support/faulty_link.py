"""A bleak client backend with faults between the sensor and the gateway."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.exc import BleakCharacteristicNotFoundError


@dataclass
class Faults:
    """What goes wrong at one address; by default nothing does."""

    address: str
    notification: Callable[[str, bytes], list[bytes]] = lambda _, data: [data]
    read: Callable[[str, bytes], bytes] = lambda _, data: data
    swallowed_writes: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)


def faulty(backend: type[BaseBleakClient], faults: Faults) -> type[BaseBleakClient]:
    """Return ``backend`` with ``faults`` at their address."""

    def strikes(client: BaseBleakClient, characteristic: BleakGATTCharacteristic) -> bool:
        # No method: the backend may be a faulty one itself, with the faults of another address.
        if client.address != faults.address:
            return False
        if characteristic.uuid in faults.missing:
            raise BleakCharacteristicNotFoundError(characteristic.uuid)
        return True

    class FaultyClient(backend):  # type: ignore[valid-type, misc]
        async def read_gatt_char(
            self, characteristic: BleakGATTCharacteristic, **options: Any
        ) -> bytearray:
            data = await super().read_gatt_char(characteristic, **options)
            if strikes(self, characteristic):
                return bytearray(faults.read(characteristic.uuid, bytes(data)))
            return bytearray(data)

        async def write_gatt_char(
            self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
        ) -> None:
            if not (
                strikes(self, characteristic) and characteristic.uuid in faults.swallowed_writes
            ):
                await super().write_gatt_char(characteristic, data, response)

        async def start_notify(
            self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **options: Any
        ) -> None:
            fails = strikes(self, characteristic)

            def on_value(data: bytearray) -> None:
                altered = faults.notification(characteristic.uuid, bytes(data)) if fails else [data]
                for value in altered:
                    callback(bytearray(value))

            await super().start_notify(characteristic, on_value, **options)

    return FaultyClient
