"""bleak's scanner over the shared bumble central."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bumble.core import AdvertisingData
from bumble.device import Advertisement

from lumbar_sim.bleak_backend.gatt import uuid_text

if TYPE_CHECKING:
    from lumbar_sim.bleak_backend.central import Central

_AD = AdvertisingData.Type
_NAMES = (_AD.COMPLETE_LOCAL_NAME, _AD.SHORTENED_LOCAL_NAME)
_UUID_BYTES = {
    _AD.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _AD.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _AD.INCOMPLETE_LIST_OF_32_BIT_SERVICE_CLASS_UUIDS: 4,
    _AD.COMPLETE_LIST_OF_32_BIT_SERVICE_CLASS_UUIDS: 4,
    _AD.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    _AD.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}
_SERVICE_DATA_UUID_BYTES = {
    _AD.SERVICE_DATA_16_BIT_UUID: 2,
    _AD.SERVICE_DATA_32_BIT_UUID: 4,
    _AD.SERVICE_DATA_128_BIT_UUID: 16,
}


class BumbleScanner(BaseBleakScanner):
    """A scanner; all scanners of a central share its one scan."""

    central: ClassVar[Central]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: Literal["active", "passive"],
        **_kwargs: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        """Scan actively, beginning with no seen devices."""
        self.seen_devices = {}
        await self.central.start_scan(self._on_advertisement)

    async def stop(self) -> None:
        """Stop; the seen devices stay."""
        await self.central.stop_scan(self._on_advertisement)

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        data = advertisement_data(advertisement)
        self.central.advertised_uuids[advertisement.address] = set(data.service_uuids)
        if not self.is_allowed_uuid(data.service_uuids):
            return
        address = advertisement.address.to_string(with_type_qualifier=False)
        device = self.create_or_update_device(
            address, address, data.local_name, advertisement.address, data
        )
        self.call_detection_callbacks(device, data)


def advertisement_data(advertisement: Advertisement) -> AdvertisementData:
    """Sort the structures of an advertisement and its scan response as bleak names them."""
    name: str | None = None
    manufacturer_data: dict[int, bytes] = {}
    service_data: dict[str, bytes] = {}
    service_uuids: list[str] = []
    tx_power: int | None = None
    for kind, data in advertisement.data.ad_structures:
        if kind in _NAMES:
            name = data.decode("utf-8", "replace")
        elif kind == _AD.MANUFACTURER_SPECIFIC_DATA:
            manufacturer_data[int.from_bytes(data[:2], "little")] = data[2:]
        elif width := _UUID_BYTES.get(kind):
            service_uuids += [uuid_text(data[at : at + width]) for at in range(0, len(data), width)]
        elif width := _SERVICE_DATA_UUID_BYTES.get(kind):
            service_data[uuid_text(data[:width])] = data[width:]
        elif kind == _AD.TX_POWER_LEVEL:
            tx_power = int.from_bytes(data, "little", signed=True)
    return AdvertisementData(
        local_name=name,
        manufacturer_data=manufacturer_data,
        service_data=service_data,
        service_uuids=service_uuids,
        tx_power=tx_power,
        rssi=advertisement.rssi,
        platform_data=(advertisement,),
    )
