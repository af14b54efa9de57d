"""bleak's adapter over the shared bumble central: which links are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.device import BLEDevice
from bumble.device import Connection

from lumbar_sim.bleak_backend.gatt import uuid_text

if TYPE_CHECKING:
    from lumbar_sim.bleak_backend.central import Central


class BumbleAdapter(BaseBleakAdapter):
    """Knows the open links, whichever program opened them."""

    central: ClassVar[Central]

    @classmethod
    async def get(cls, **_kwargs: Any) -> Self:
        """Return the one adapter there is."""
        return cls()

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        """Return the peers of all open links that advertised, or were found to have, a service.

        As BlueZ does: a program may have been killed before it discovered anything.
        """
        return [
            BLEDevice(peer.to_string(with_type_qualifier=False), None, peer)
            for connection in self.central.device.connections.values()
            if (peer := connection.peer_address)
            and service_uuids
            & (_found(connection) | self.central.advertised_uuids.get(peer, set()))
        ]


def _found(connection: Connection) -> set[str]:
    return {uuid_text(service.uuid.uuid_bytes) for service in connection.gatt_client.services}
