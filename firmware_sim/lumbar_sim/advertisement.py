"""What the sensor says of itself before anybody connects."""

from __future__ import annotations

from uuid import UUID

from bumble.core import AdvertisingData

from lumbar_gateway.profiles.lumbar import (
    ADVERTISEMENT_MAGIC,
    BATTERY_SERVICE_UUID,
    COMPANY_ID,
    SERVICE_UUID,
)

# Static random addresses have the two highest bits set (Core specification, volume 6, part B, 1.3).
_ADDRESS_PREFIX = bytes.fromhex("C64C")


def address(sensor_id: str) -> str:
    """Return the static random address, made from the sensor id."""
    return (_ADDRESS_PREFIX + _serial(sensor_id)).hex(":").upper()


def name(sensor_id: str) -> str:
    """Return what the sensor is called on the air."""
    return f"Lumbar {sensor_id[-8:-4]}"


def advertising_data(sensor_id: str) -> bytes:
    """Return flags, service, and the serial number's digits: 31 bytes, which is full."""
    flags = (
        AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE
        | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
    )
    manufacturer = COMPANY_ID.to_bytes(2, "little") + ADVERTISEMENT_MAGIC + _serial(sensor_id)
    return bytes(
        AdvertisingData(
            [
                (AdvertisingData.FLAGS, bytes([flags])),
                (
                    AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
                    UUID(SERVICE_UUID).bytes[::-1],
                ),
                (AdvertisingData.MANUFACTURER_SPECIFIC_DATA, manufacturer),
            ]
        )
    )


def scan_response_data(sensor_id: str, battery_percent: int) -> bytes:
    """Return name and battery, for those who ask."""
    battery_service = UUID(BATTERY_SERVICE_UUID).bytes[2:4][::-1]
    return bytes(
        AdvertisingData(
            [
                (AdvertisingData.COMPLETE_LOCAL_NAME, name(sensor_id).encode()),
                (
                    AdvertisingData.SERVICE_DATA_16_BIT_UUID,
                    battery_service + bytes([battery_percent]),
                ),
            ]
        )
    )


def _serial(sensor_id: str) -> bytes:
    return bytes.fromhex(sensor_id[-8:])
