"""Answers BlueZ when a sensor wants a passkey (Linux; ``org.bluez.Agent1`` on D-Bus).

BlueZ asks the default agent while a pairing goes on. Without one, a sensor that wants a passkey
cannot be paired.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from dbus_fast import BusType, DBusError, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method

from lumbar_gateway.errors import PairingError

AskPasskey = Callable[[], Awaitable[int | None]]  # None gives up

_PATH = "/org/lumbar/agent"
_KEYBOARD_ONLY = "KeyboardOnly"  # we can type what the sensor shows or has printed on it


class _Agent(ServiceInterface):
    """As much of an agent as a sensor needs: typing a passkey, and yes to what needs none."""

    def __init__(self, ask_passkey: AskPasskey) -> None:
        super().__init__("org.bluez.Agent1")
        self._ask_passkey = ask_passkey

    @dbus_method()
    async def RequestPasskey(self, device: "o") -> "u":  # type: ignore[name-defined]  # noqa: F821, N802
        passkey = await self._ask_passkey()
        if passkey is None:
            raise DBusError("org.bluez.Error.Canceled", "no passkey was given")
        return passkey

    @dbus_method()
    def RequestAuthorization(self, device: "o"):  # type: ignore[no-untyped-def, name-defined]  # noqa: F821, N802
        """Say yes: the person has just asked for it."""

    @dbus_method()
    def Cancel(self):  # type: ignore[no-untyped-def]  # noqa: N802
        """Take note that BlueZ gave up; the pairing itself fails."""

    @dbus_method()
    def Release(self):  # type: ignore[no-untyped-def]  # noqa: N802
        """Take note that BlueZ ends."""


@asynccontextmanager
async def answering_passkeys(ask_passkey: AskPasskey) -> AsyncIterator[None]:
    """Be the default agent until the end of the block.

    Raises
    ------
    PairingError
        Where BlueZ cannot be spoken to.
    """
    try:
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    except (OSError, EOFError, DBusError) as error:
        raise PairingError(f"no D-Bus ({error}): start BlueZ (systemctl start bluetooth)") from None
    try:
        bus.export(_PATH, _Agent(ask_passkey))
        await _manage(bus, "RegisterAgent", "os", [_PATH, _KEYBOARD_ONLY])
        await _manage(bus, "RequestDefaultAgent", "o", [_PATH])
        yield
    finally:
        with suppress(PairingError):
            await _manage(bus, "UnregisterAgent", "o", [_PATH])
        bus.disconnect()


async def _manage(bus: MessageBus, member: str, signature: str, body: list[str]) -> None:
    reply = await bus.call(
        Message(
            destination="org.bluez",
            path="/org/bluez",
            interface="org.bluez.AgentManager1",
            member=member,
            signature=signature,
            body=body,
        )
    )
    if reply is None or reply.message_type is MessageType.ERROR:
        said = reply.body[0] if reply is not None and reply.body else "no answer"
        raise PairingError(f"BlueZ takes no passkeys from us ({said}): start it and try again")
