"""The bumble central that all scanner and client objects of one gateway share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from bumble import hci
from bumble.core import BaseBumbleError
from bumble.device import (
    Advertisement,
    Connection,
    ConnectionParametersPreferences,
    Device,
    DeviceConfiguration,
)
from bumble.host import Host
from bumble.keys import KeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport.common import TransportSink, TransportSource

from lumbar_sim.bleak_backend.adapter import BumbleAdapter
from lumbar_sim.bleak_backend.client import BumbleClient
from lumbar_sim.bleak_backend.scanner import BumbleScanner

AdvertisementListener = Callable[[Advertisement], None]
AskPasskey = Callable[[], Awaitable[int | None]]

INTERVAL_MS = 30.0  # BlueZ's default


class Central:
    """A host in the central role on any HCI.

    Parameters
    ----------
    hci_source, hci_sink
        The controller.
    address
        Its static random address.
    supervision_timeout_s
        Asked for at every connection.
    bonds
        Where the keys of paired sensors are kept.

    Attributes
    ----------
    scanner_backend, client_backend, adapter_backend
        Classes for bleak's ``backend=``, bound to this central.
    advertised_uuids
        The services that each address advertised last.
    """

    def __init__(
        self,
        hci_source: TransportSource,
        hci_sink: TransportSink,
        address: hci.Address,
        supervision_timeout_s: float,
        bonds: KeyStore,
    ) -> None:
        self.bonds = bonds
        self.device = Device(
            config=DeviceConfiguration(name="Lumbar gateway", address=address),
            host=Host(hci_source, hci_sink),
        )
        self.device.keystore = self.bonds
        self.device.pairing_config_factory = self._pairing
        self.device.on(Device.EVENT_ADVERTISEMENT, self._on_advertisement)
        self.scanner_backend = type("BumbleScanner", (BumbleScanner,), {"central": self})
        self.adapter_backend = type("BumbleAdapter", (BumbleAdapter,), {"central": self})
        self.client_backend = type("BumbleClient", (BumbleClient,), {"central": self})
        self._parameters = ConnectionParametersPreferences(
            connection_interval_min=INTERVAL_MS,
            connection_interval_max=INTERVAL_MS,
            supervision_timeout=round(supervision_timeout_s * 1000),
        )
        self.advertised_uuids: dict[hci.Address, set[str]] = {}
        self._ask_passkey: AskPasskey | None = None
        self._listeners: list[AdvertisementListener] = []
        self._scan_lock = asyncio.Lock()
        self._connect_lock = asyncio.Lock()

    async def power_on(self) -> None:
        """Reset the controller and get ready."""
        await self.device.power_on()

    async def power_off(self) -> None:
        """End every connection and the scan."""
        for connection in list(self.device.connections.values()):
            await self.disconnect(connection)
        if self._listeners:
            await self.device.stop_scanning()
        await self.device.power_off()

    @asynccontextmanager
    async def answering_passkeys(self, ask_passkey: AskPasskey) -> AsyncIterator[None]:
        """Type what ``ask_passkey`` returns when a sensor wants a passkey; None gives up."""
        self._ask_passkey = ask_passkey
        try:
            yield
        finally:
            self._ask_passkey = None

    async def start_scan(self, listener: AdvertisementListener) -> None:
        """Hand advertisements to ``listener``; the radio scans while there is one."""
        async with self._scan_lock:
            if not self._listeners:
                await self.device.start_scanning(filter_duplicates=False)
            self._listeners.append(listener)

    async def stop_scan(self, listener: AdvertisementListener) -> None:
        """Hand over no more."""
        async with self._scan_lock:
            if listener not in self._listeners:
                return
            self._listeners.remove(listener)
            if not self._listeners:
                await self.device.stop_scanning()

    async def connect(self, address: hci.Address, timeout_s: float) -> Connection:
        """Connect, one attempt at a time; a failed attempt leaves the controller free.

        A link that is open already is taken over.

        Raises
        ------
        TimeoutError
            If the peer was not heard, or other attempts were in the way, for ``timeout_s``.
        """
        async with asyncio.timeout(timeout_s), self._connect_lock:
            open_link = self.device.find_connection_by_bd_addr(address)
            if open_link is not None:
                return open_link
            attempt = asyncio.create_task(
                self.device.connect_le(address, {hci.Phy.LE_1M: self._parameters}, timeout=None)
            )
            try:
                return await asyncio.shield(attempt)
            except asyncio.CancelledError:
                await _to_the_end(self._abandon(attempt))
                raise

    async def disconnect(self, connection: Connection) -> None:
        """End a connection; nothing happens if it is gone."""
        await _to_the_end(self._disconnect(connection))

    async def _disconnect(self, connection: Connection) -> None:
        with suppress(BaseBumbleError):
            await connection.disconnect()

    async def _abandon(self, attempt: asyncio.Task[Connection]) -> None:
        """Cancel a connection attempt; one that has just succeeded is ended."""
        with suppress(BaseBumbleError):
            await self.device.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
        with suppress(BaseBumbleError):
            await self._disconnect(await attempt)

    def _pairing(self, _connection: Connection) -> PairingConfig:
        return PairingConfig(
            sc=True,
            mitm=self._ask_passkey is not None,
            bonding=True,
            delegate=_Keyboard(self._ask_passkey),
            identity_address_type=PairingConfig.AddressType.RANDOM,
        )

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        for listener in list(self._listeners):
            listener(advertisement)


class _Keyboard(PairingDelegate):
    """Somebody who can type a passkey, or nobody."""

    def __init__(self, ask_passkey: AskPasskey | None) -> None:
        # Without identity keys a bond stays under the address that the sensor advertises.
        keys = PairingDelegate.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY
        capability = PairingDelegate.IoCapability
        super().__init__(
            capability.KEYBOARD_INPUT_ONLY if ask_passkey else capability.NO_OUTPUT_NO_INPUT,
            local_initiator_key_distribution=keys,
            local_responder_key_distribution=keys,
        )
        self._ask_passkey = ask_passkey

    async def get_number(self) -> int | None:
        """Ask for the passkey."""
        return await self._ask_passkey() if self._ask_passkey else None


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Finish short work although the own task is being cancelled; that is then raised."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
