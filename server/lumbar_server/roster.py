"""Who wears which sensor and what they set out to do, in memory while nobody changes it.

Whatever changes the record notes it under a number, so the newest number alone tells that all is
as it was. See ``lumbar_server.store.changes``.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from lumbar_server.store import blocks, changes, wearers
from lumbar_server.store.blocks import BlockRow
from lumbar_server.store.streams import StreamRecord, instant
from lumbar_server.store.wearers import AssignmentRow, WearerRow

MOST_CHANGES = 1000
"""After more than these all is read again (chosen: far more than come between two transactions)."""

Blocks = tuple[BlockRow, ...]


class Roster:
    """What was read of it; a new one is good for one transaction, and an old one catches up."""

    def __init__(self) -> None:
        self._number = -1  # of the newest change that is reckoned with
        self._worn: dict[str, list[AssignmentRow]] = {}  # by sensor
        self._wearers: dict[int, WearerRow] = {}
        self._blocks: dict[int, tuple[datetime, Blocks]] = {}  # by wearer: since when, and which
        self._begun: dict[int, int] = {}  # wearers of the sessions that these are of

    @property
    def number(self) -> int:
        """Of the newest change: while it stays, so does everything else."""
        return self._number

    def catch_up(self, connection: Connection) -> None:
        """Forget what has changed; to be called first in every transaction.

        The number is read before what it stands for: what changes in between is read once more
        the next time, and nothing is missed.
        """
        newest = changes.newest_number(connection)
        if newest == self._number:
            return
        if self._number >= 0 and 0 < newest - self._number <= MOST_CHANGES:
            self._forget_changed(connection)
        else:  # also where an older state of the record has come back
            for known in (self._worn, self._wearers, self._blocks, self._begun):
                known.clear()
        self._number = newest

    def wearer_of(self, connection: Connection, record: StreamRecord) -> WearerRow:
        """Return who wore a stream's sensor when the stream, which has a date, began."""
        assert record.started_utc is not None
        worn = self._worn.get(record.sensor_id)
        if worn is None:
            worn = self._worn[record.sensor_id] = wearers.assignments(connection, record.sensor_id)
        wearer_id = wearers.wearer_of(worn, record.started_utc)
        wearer = self._wearers.get(wearer_id)
        if wearer is None:
            wearer = self._wearers[wearer_id] = wearers.one(connection, wearer_id)
        return wearer

    def blocks_of(self, connection: Connection, record: StreamRecord) -> Blocks:
        """Return the blocks that a stream's wearer did in its time, and maybe others.

        The very same ones as the last time, unless they have changed.
        """
        if record.clock is None or record.started_utc is None:
            return ()
        wearer_id = self.wearer_of(connection, record).id
        from_utc = instant(record.clock.wall_s(0))
        known = self._blocks.get(wearer_id)
        if known is None or from_utc < known[0]:
            found = tuple(blocks.since(connection, wearer_id, from_utc))
            known = self._blocks[wearer_id] = from_utc, found
            self._begun |= dict.fromkeys((block.session_id for block in found), wearer_id)
        return known[1]

    def _forget_changed(self, connection: Connection) -> None:
        changed = set[int]()
        for one in changes.since(connection, self._number, MOST_CHANGES):
            match one.kind:
                case "sensor":
                    self._worn.pop(one.key, None)
                case "wearer":
                    self._wearers.pop(int(one.key), None)
                case "session":
                    changed.add(int(one.key))
        if changed:
            theirs = {self._begun.pop(one) for one in changed & self._begun.keys()}
            for wearer_id in theirs | blocks.wearers_of(connection, changed):
                self._blocks.pop(wearer_id, None)
