"""The sensor's GATT services, as ``docs/gatt-profile.md`` lays them out."""

from __future__ import annotations

from collections.abc import Callable

from bumble.att import Attribute, AttributeValue
from bumble.core import UUID
from bumble.device import Connection, Device
from bumble.gatt import (
    GATT_BATTERY_LEVEL_CHARACTERISTIC,
    GATT_BATTERY_SERVICE,
    GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
    GATT_CURRENT_TIME_SERVICE,
    Characteristic,
    Descriptor,
    Service,
)
from bumble.profiles.device_information_service import DeviceInformationService

from lumbar_gateway.profiles.lumbar import (
    CLOCK_UUID,
    CONTROL_UUID,
    CURRENT_TIME_UUID,
    LOG_UUID,
    SAMPLES_UUID,
    SERVICE_UUID,
    STATUS_UUID,
    STREAM_UUID,
)

Read = Callable[[], bytes]
Write = Callable[[Connection, bytes], None]

_READ = Characteristic.Properties.READ
_WRITE = Characteristic.Properties.WRITE
_NOTIFY = Characteristic.Properties.NOTIFY
_INDICATE = Characteristic.Properties.INDICATE
_READABLE = Attribute.Permissions.READABLE
_WRITE_ENCRYPTED = Attribute.Permissions.WRITEABLE | Attribute.Permissions.WRITE_REQUIRES_ENCRYPTION
_NOTHING = Attribute.Permissions(0)


class SensorServices:
    """All services of one sensor, added to its device.

    Attributes
    ----------
    samples, control, log, status
        The characteristics that notify or indicate.
    """

    def __init__(
        self,
        device: Device,
        *,
        sensor_id: str,
        read_stream: Read,
        read_status: Read,
        read_clock: Read,
        read_battery: Read,
        read_time: Read,
        write_control: Write,
        write_time: Write,
    ) -> None:
        self._server = device.gatt_server
        self.samples = Characteristic[bytes](SAMPLES_UUID, _NOTIFY, _NOTHING)
        self.control: Characteristic[bytes] = Characteristic(
            CONTROL_UUID, _WRITE | _INDICATE, _WRITE_ENCRYPTED, AttributeValue(write=write_control)
        )
        self.log = Characteristic[bytes](LOG_UUID, _NOTIFY, _NOTHING)
        self.status = _readable(STATUS_UUID, read_status, _READ | _NOTIFY)
        stream = _readable(STREAM_UUID, read_stream)
        for characteristic in (self.control, self.log):
            characteristic.descriptors = [self._encrypted_configuration(characteristic)]
        clock = _readable(CLOCK_UUID, read_clock)
        characteristics = [stream, self.samples, self.control, self.log, self.status, clock]
        battery = _readable(GATT_BATTERY_LEVEL_CHARACTERISTIC, read_battery)
        time: Characteristic[bytes] = Characteristic(
            CURRENT_TIME_UUID,
            _READ | _WRITE,
            _READABLE | _WRITE_ENCRYPTED,
            AttributeValue(read=lambda _connection: read_time(), write=write_time),
        )
        device.add_services(
            [
                Service(SERVICE_UUID, characteristics),
                Service(GATT_BATTERY_SERVICE, [battery]),
                Service(GATT_CURRENT_TIME_SERVICE, [time]),
                DeviceInformationService(
                    manufacturer_name="Lumbar",
                    model_number="simulated",
                    serial_number=sensor_id,
                ),
            ]
        )

    def subscribed(self, connection: Connection, characteristic: Characteristic[bytes]) -> bool:
        """Whether a central has notifications or indications of a characteristic on."""
        configurations = self._server.subscribers.get(connection, {})
        return any(configurations.get(characteristic.handle, b""))

    def _encrypted_configuration(self, characteristic: Characteristic[bytes]) -> Descriptor:
        return Descriptor(
            GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
            _READABLE | _WRITE_ENCRYPTED,
            self._server.make_descriptor_value(characteristic),
        )


def _readable(
    uuid: str | UUID, read: Read, properties: Characteristic.Properties = _READ
) -> Characteristic[bytes]:
    value = AttributeValue(read=lambda _connection: read())
    return Characteristic(uuid, properties, _READABLE, value)
