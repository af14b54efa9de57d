"""What bumble discovered, in bleak's words."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from bleak.assigned_numbers import CHARACTERISTIC_PROPERTIES
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.uuids import normalize_uuid_16, normalize_uuid_32
from bumble.device import Connection
from bumble.gatt_client import ServiceProxy


def uuid_text(data: bytes) -> str:
    """Write a little-endian UUID of 2, 4 or 16 bytes as bleak does: 128 bits, lower case."""
    if len(data) == 16:
        return str(UUID(bytes=data[::-1]))
    short = int.from_bytes(data, "little")
    return normalize_uuid_16(short) if len(data) == 2 else normalize_uuid_32(short)


async def discover(connection: Connection) -> list[ServiceProxy]:
    """Discover every service, characteristic and descriptor of a peer."""
    client = connection.gatt_client
    services = await client.discover_services()
    for service in services:
        for characteristic in await service.discover_characteristics():
            await characteristic.discover_descriptors()
    return services


def collection(
    services: list[ServiceProxy], write_size: Callable[[], int]
) -> BleakGATTServiceCollection:
    """Describe discovered services; a characteristic's handle is its declaration's, as on BlueZ.

    Parameters
    ----------
    services
        As `discover` returned them.
    write_size
        Returns how many bytes a write without response takes at the moment.
    """
    result = BleakGATTServiceCollection()
    for found in services:
        service = BleakGATTService(found, found.handle, uuid_text(found.uuid.uuid_bytes))
        result.add_service(service)
        for proxy in found.characteristics:
            characteristic = BleakGATTCharacteristic(
                proxy,
                proxy.handle - 1,
                uuid_text(proxy.uuid.uuid_bytes),
                [name for bit, name in CHARACTERISTIC_PROPERTIES.items() if proxy.properties & bit],
                write_size,
                service,
            )
            result.add_characteristic(characteristic)
            for inner in proxy.descriptors:
                uuid = uuid_text(inner.type.uuid_bytes)
                result.add_descriptor(
                    BleakGATTDescriptor(inner, inner.handle, uuid, characteristic)
                )
    return result
