"""bleak's client over the shared bumble central."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from bleak import BleakScanner
from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bumble import hci
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError
from bumble.device import Connection
from bumble.gatt_client import CharacteristicProxy

from lumbar_sim.bleak_backend.gatt import collection, discover

if TYPE_CHECKING:
    from lumbar_sim.bleak_backend.central import Central

T = TypeVar("T")

MTU = 517  # what BlueZ asks for: the largest attribute and its header


class BumbleClient(BaseBleakClient):
    """A connection to one peer.

    Raises what bleak promises: ``TimeoutError`` when a connection attempt runs out of time,
    ``BleakGATTProtocolError`` for an ATT error, ``BleakError`` for everything else.
    A GATT operation whose caller is cancelled is finished in the background, as BlueZ does,
    so that its answer is never taken for the next one's.
    """

    central: ClassVar[Central]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        **_kwargs: Any,
    ) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout
        )
        self._device = (
            address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        )
        self._connection: Connection | None = None
        self._callbacks: dict[int, Callable[[bytes], None]] = {}
        self._operations: set[asyncio.Future[Any]] = set()

    @property
    def name(self) -> str:
        """The advertised name, or the address with dashes."""
        named = self._device.name if self._device is not None else None
        return named or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        """The negotiated MTU; 23 before there is a connection."""
        return self._connection.att_mtu if self._connection is not None else 23

    @property
    def is_connected(self) -> bool:
        """Whether the link is up."""
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        """Connect, secure the link, agree on the MTU and discover everything."""
        if self._connection is not None:
            raise BleakError(f"{self.address} is connected already")
        timeout_s = float(kwargs.get("timeout", self._timeout))
        address = await self._find(timeout_s)
        try:
            connection = await self.central.connect(address, timeout_s)
        except BaseBumbleError as error:
            raise BleakError(f"cannot connect to {self.address}: {error}") from error
        if self.central.device.connections.get(connection.handle) is not connection:
            raise BleakError(f"{self.address} disconnected at once")
        self._connection = connection
        connection.once(Connection.EVENT_DISCONNECTION, self._on_disconnection)
        try:
            await self._prepare(pair)
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """Disconnect; nothing happens if the link is gone already."""
        if self._connection is not None:
            await self.central.disconnect(self._connection)

    async def pair(self, *_args: Any, **_kwargs: Any) -> None:
        """Pair, or encrypt with the bond there is."""
        address = await self._find(self._timeout)
        if await self.central.bonds.get(str(address)) is not None:
            await self._transact(lambda connection: connection.encrypt())
        else:
            await self._transact(lambda connection: connection.pair())

    async def unpair(self) -> None:
        """Forget the bond; the peer keeps its own."""
        address = await self._find(self._timeout)
        await self.central.bonds.delete(str(address))

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_kwargs: Any
    ) -> bytearray:
        """Read a characteristic; always from the peer."""
        handle = characteristic.handle + 1
        return bytearray(await self._transact(lambda c: c.gatt_client.read_value(handle)))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_kwargs: Any
    ) -> bytearray:
        """Read a descriptor; always from the peer."""
        handle = descriptor.handle
        return bytearray(await self._transact(lambda c: c.gatt_client.read_value(handle)))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        """Write a characteristic."""
        handle, value = characteristic.handle + 1, bytes(data)
        if not response and len(value) > characteristic.max_write_without_response_size:
            raise BleakError(f"{len(value)} bytes do not fit a write without response")
        await self._transact(
            lambda c: c.gatt_client.write_value(handle, value, with_response=response)
        )

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        """Write a descriptor."""
        handle, value = descriptor.handle, bytes(data)
        await self._transact(lambda c: c.gatt_client.write_value(handle, value, with_response=True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_kwargs: Any
    ) -> None:
        """Subscribe; notifications where the characteristic has both kinds."""
        if characteristic.handle in self._callbacks:
            raise BleakError(f"notifications of {characteristic.uuid} are on already")
        proxy: CharacteristicProxy[bytes] = characteristic.obj

        def on_value(value: bytes) -> None:
            callback(bytearray(value))

        self._callbacks[characteristic.handle] = on_value
        try:
            await self._transact(lambda c: c.gatt_client.subscribe(proxy, on_value))
        except BaseException:
            self._callbacks.pop(characteristic.handle, None)
            raise

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Unsubscribe."""
        on_value = self._callbacks.pop(characteristic.handle, None)
        if on_value is not None:
            proxy: CharacteristicProxy[bytes] = characteristic.obj
            await self._transact(lambda c: c.gatt_client.unsubscribe(proxy, on_value))

    async def _find(self, timeout_s: float) -> hci.Address:
        if self._device is None:
            self._device = await BleakScanner.find_device_by_address(
                self.address, timeout_s, backend=self.central.scanner_backend
            )
        if self._device is None:
            raise BleakDeviceNotFoundError(self.address, f"{self.address} is not in reach")
        address = self._device.details
        assert isinstance(address, hci.Address)
        return address

    async def _prepare(self, pair: bool) -> None:
        connection = self._connection
        assert connection is not None
        bonded = await self.central.bonds.get(str(connection.peer_address)) is not None
        if connection.is_encrypted:
            pass  # the link was open already
        elif bonded:
            await self._transact(lambda c: c.encrypt())
        elif pair:
            await self._transact(lambda c: c.pair())
        await self._transact(lambda c: c.gatt_client.request_mtu(MTU))
        services = await self._transact(discover)
        self.services = collection(services, lambda: connection.att_mtu - 3)

    async def _transact(self, operation: Callable[[Connection], Awaitable[T]]) -> T:
        if self._connection is None:
            raise BleakError(f"{self.address} is not connected")
        task = asyncio.ensure_future(operation(self._connection))
        self._operations.add(task)
        task.add_done_callback(self._on_operation_done)
        await asyncio.wait({task})
        # bumble cancels what is pending when the link goes down.
        if task.cancelled():
            raise BleakError(f"{self.address} disconnected")
        try:
            return task.result()
        except ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except BaseBumbleError as error:
            raise BleakError(f"{self.address}: {error}") from error

    def _on_operation_done(self, task: asyncio.Future[Any]) -> None:
        self._operations.discard(task)
        if not task.cancelled():
            task.exception()  # an abandoned operation's error is nobody's

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self._callbacks.clear()
        self.services = None
        if self._disconnected_callback is not None:
            self._disconnected_callback()
