"""Processes that can die at any point where they touch the world outside of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from sqlalchemy import Engine, event


class DeathError(BaseException):
    """The process was killed; no handler of an ordinary error may catch it."""


class Mortal:
    """One life of a process: whatever it does to disk, broker or sensor passes here.

    Parameters
    ----------
    name
        What it is, for the trail.
    fate
        Called with each point that is reached; true kills the process there.
    on_death
        Called once.
    """

    def __init__(
        self, name: str, fate: Callable[[str], bool], on_death: Callable[[], None]
    ) -> None:
        self.name = name
        self.alive = True
        self._fate = fate
        self._on_death = on_death

    def reach(self, point: str) -> None:
        """Go on, or die here."""
        if not self.alive:
            raise DeathError(f"{self.name} is dead")
        if self._fate(f"{self.name}: {point}"):
            self.die()
            raise DeathError(f"{self.name} was killed {point}")

    def die(self) -> None:
        """Be killed from outside."""
        if self.alive:
            self.alive = False
            self._on_death()

    def connect(
        self, *args: Any, has_room: Callable[[], bool], **kwargs: Any
    ) -> sqlite3.Connection:
        """Open a database as ``sqlite3.connect`` does, on a disk that may be full."""
        bound = type("OnFiniteDisk", (self.connection_class,), {"has_room": staticmethod(has_room)})
        return sqlite3.connect(*args, factory=bound, **kwargs)

    @property
    def connection_class(self) -> type[sqlite3.Connection]:
        """sqlite3's connection, bound to this life."""
        return type("MortalConnection", (_MortalConnection,), {"owner": self})


class _MortalConnection(sqlite3.Connection):
    """Nothing reaches the disk after death; an open transaction is rolled back."""

    owner: Mortal
    has_room = staticmethod(lambda: True)

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if not self.owner.alive:
            raise DeathError(f"{self.owner.name} is dead")
        if sql != "COMMIT":
            return super().execute(sql, *args)
        if not self.has_room():
            raise _disk_full()
        self.owner.reach("before a commit")
        done = super().execute(sql, *args)
        self.owner.reach("after a commit")
        return done

    def commit(self) -> None:
        if not self.in_transaction:
            return
        self.owner.reach("before a commit")
        super().commit()
        self.owner.reach("after a commit")

    def cursor(self, *args: Any) -> Any:
        if not self.owner.alive:
            raise DeathError(f"{self.owner.name} is dead")
        return super().cursor(*args)


def mortal_radio(backend: type[BaseBleakClient], owner: Mortal) -> type[BaseBleakClient]:
    """Return a client backend whose writes to a sensor may be the last thing done."""

    class MortalClient(backend):  # type: ignore[valid-type, misc]
        async def write_gatt_char(
            self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
        ) -> None:
            what = f"writing {characteristic.uuid[:8]}"
            owner.reach(f"before {what}")
            await super().write_gatt_char(characteristic, data, response)
            owner.reach(f"after {what}")

        async def start_notify(
            self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **options: Any
        ) -> None:
            def on_value(data: bytearray) -> None:
                if owner.alive:
                    callback(data)

            await super().start_notify(characteristic, on_value, **options)

        async def disconnect(self) -> None:
            if owner.alive:  # the system's Bluetooth keeps the link of a program that was killed
                await super().disconnect()

    return MortalClient


def _disk_full() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


_owner: ContextVar[Mortal | None] = ContextVar("owner", default=None)


def connects_as(owner: Mortal) -> None:
    """Let every engine of this task open its databases in the name of ``owner``."""
    _owner.set(owner)


@event.listens_for(Engine, "do_connect")
def _connect(_dialect: object, _record: object, _args: object, options: dict[str, Any]) -> None:
    owner = _owner.get()
    if owner is not None:
        options["factory"] = owner.connection_class
