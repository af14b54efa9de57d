"""Analysing the streams of a transaction; one that fails costs neither its samples nor others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from lumbar_server.database import is_of_the_data
from lumbar_server.detection import Detections, StreamDetection
from lumbar_server.intake import Intake
from lumbar_server.roster import Roster
from lumbar_server.store import incidents, results
from lumbar_server.store.incidents import Incident
from lumbar_server.store.streams import StreamRecord
from lumbar_signal import PARAMETERS_SHA256, VERSION
from lumbar_signal.events import Announcement

log = logging.getLogger(__name__)

REANALYSE_S = 600.0
"""A stream whose analysis failed is left alone for so long (chosen: it is replayed whole)."""


class Analyses:
    """The detections of the streams that one worker is busy with, and who is put off."""

    def __init__(self, now_s: Callable[[], float], roster: Roster) -> None:
        self._now_s = now_s
        self._detections = Detections(roster)
        self._failed_s: dict[str, float] = {}  # by stream

    def get(self, stream_id: str) -> StreamDetection | None:
        """Return the detection of a stream where one is in memory."""
        return self._detections.get(stream_id)

    def drop(self, stream_ids: Iterable[str]) -> None:
        """Forget streams; they are rebuilt from the stored samples when needed again."""
        self._detections.drop(stream_ids)

    def allow(self, stream_id: str) -> None:
        """Try a stream again although it failed."""
        self._failed_s.pop(stream_id, None)

    def advance(
        self, connection: Connection, intakes: Sequence[Intake]
    ) -> dict[str, list[Announcement]]:
        """Detect in what is new, store what is found and return the events of each stream.

        A stream that fails is put off: its samples stay stored, and it goes without results.
        """
        due = [intake for intake in intakes if not self._is_put_off(intake.record.stream_id)]
        if not due:
            return {}
        try:
            with connection.begin_nested():
                return self._advance(connection, due)
        except Exception as error:
            if not is_of_the_data(error):
                raise
            self.drop(intake.record.stream_id for intake in due)
            if len(due) == 1:
                self._put_off(connection, due[0].record, error)
                return {}
        one_by_one = [self.advance(connection, [intake]) for intake in due]
        return {key: events for found in one_by_one for key, events in found.items()}

    def _advance(
        self, connection: Connection, intakes: Sequence[Intake]
    ) -> dict[str, list[Announcement]]:
        changes = results.Changes()
        events = {}
        for intake in intakes:
            new = [piece.run for piece in intake.pieces]
            record = intake.record
            events[record.stream_id] = self._detections.advance(connection, record, new, changes)
        changes.write(connection)
        return events

    def _is_put_off(self, stream_id: str) -> bool:
        failed_s = self._failed_s.get(stream_id)
        return failed_s is not None and abs(self._now_s() - failed_s) < REANALYSE_S

    def _put_off(self, connection: Connection, record: StreamRecord, error: Exception) -> None:
        what = f"{record.sensor_id} stream {record.stream_id}: {error!r}"
        log.error("%s; stored without results, tried again later", what, exc_info=error)
        if not record.erased:  # else what was found there could not be found again
            results.discard(connection, record.stream_id, VERSION, PARAMETERS_SHA256)
        now_s = self._failed_s[record.stream_id] = self._now_s()
        now_utc = datetime.fromtimestamp(now_s, UTC)
        incidents.count(connection, [Incident("unanalysed", what)], now_utc)
