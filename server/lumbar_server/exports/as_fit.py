"""Sessions as FIT activity files, which most fitness programs read: one file for each.

A set is a message 225 (``set``) with a category and a name of Garmin's list of exercises. Which
name stands for which of ours is in ``fit_names``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile import profile_type as fit
from fit_tool.profile.messages.activity_message import ActivityMessage
from fit_tool.profile.messages.event_message import EventMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.lap_message import LapMessage
from fit_tool.profile.messages.record_message import RecordMessage
from fit_tool.profile.messages.session_message import SessionMessage
from fit_tool.profile.messages.set_message import SetMessage
from sqlalchemy import Connection

from lumbar_server.errors import ConflictError
from lumbar_server.exports.fit_names import FIT_NAMES
from lumbar_server.exports.selection import Selection, records
from lumbar_server.exports.zip_flow import zipped
from lumbar_server.record import RecordedSet, SessionRecord
from lumbar_signal.events import Exercise

_FIT_EPOCH_UTC = datetime(1989, 12, 31, tzinfo=UTC)
_EARLIEST_UTC = datetime(1990, 1, 1, tzinfo=UTC)  # FIT counts from there in 32 bits ...
_LATEST_UTC = datetime(2120, 1, 1, tzinfo=UTC)
_LONGEST_S = 40 * 86_400.0  # ... and durations in milliseconds, also in 32 bits
_MOST_REPETITIONS = 65_534  # 16 bits


@dataclass(frozen=True, slots=True)
class _Effort:
    """One ``set`` of FIT: repetitions, or one hold."""

    exercise: Exercise
    start_s: float
    duration_s: float
    repetitions: int | None

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


def export_fit(connection: Connection, wanted: Selection) -> Iterator[bytes]:
    """Yield one file for one session, else a zip of files; one that FIT cannot tell is left out.

    Raises ``ConflictError`` where that one was asked for.
    """
    if wanted.session_id is not None:
        (one,) = records(connection, wanted)
        yield fit_file(one)
        return
    with TemporaryDirectory(prefix="lumbar-") as name:
        folder = Path(name)
        for one in records(connection, wanted):
            if _can_be_told(one):
                stem = f"{one.started_utc:%Y%m%dT%H%M%SZ}-session-{one.id}"
                (folder / f"{stem}.fit").write_bytes(fit_file(one))
        yield from zipped(sorted(folder.iterdir()), packed=False)


def fit_file(one: SessionRecord) -> bytes:
    """Return a session as a FIT file; raises ``ConflictError`` where FIT has no numbers for it."""
    if not _can_be_told(one):
        raise ConflictError(
            f"session {one.id} began on {one.started_utc:%Y-%m-%d} or lasts too long for a FIT "
            "file (1990 to 2120, 40 days): take it as JSON or CSV"
        )
    efforts = sorted(_efforts(one), key=lambda each: (each.start_s, each.end_s))
    return _Activity(one, efforts).encoded()


def _can_be_told(one: SessionRecord) -> bool:
    efforts = list(_efforts(one))
    first_s = min([0.0, *(each.start_s for each in efforts)])
    last_s = max([_end_s(one), *(each.end_s for each in efforts)])
    started_s = one.started_utc.timestamp()
    return (
        _EARLIEST_UTC.timestamp() <= started_s + first_s
        and started_s + last_s <= _LATEST_UTC.timestamp()
        and last_s - first_s <= _LONGEST_S
    )


def _end_s(one: SessionRecord) -> float:
    """Return when a session ended; of one that still runs, how far it came."""
    if one.duration_s is not None:
        return one.duration_s
    return max([0.0, *(part.end_s for part in one.parts), *(each.end_s for each in one.done)])


def _efforts(one: SessionRecord) -> Iterator[_Effort]:
    for each in one.done:
        exercise = Exercise(each.exercise)
        if each.repetitions or not each.holds_s:
            n = min(each.repetitions, _MOST_REPETITIONS)
            duration_s = max(0.0, each.end_s - each.start_s)  # one of them may have been corrected
            yield _Effort(exercise, each.start_s, duration_s, n)
        else:
            for start_s, duration_s in _holds(each):
                yield _Effort(exercise, start_s, duration_s, None)


def _holds(each: RecordedSet) -> Iterator[tuple[float, float]]:
    """Yield start and length of each hold; those that were only said follow one another."""
    if each.correction is None or each.correction.holds_s is None:
        for hold in each.detected.holds if each.detected else ():
            yield hold.start_s, hold.duration_s
        return
    start_s = each.start_s
    for hold_s in each.holds_s:
        yield start_s, hold_s
        start_s += hold_s


class _Activity:
    """The messages of one file, in the order in which they happened."""

    def __init__(self, one: SessionRecord, efforts: list[_Effort]) -> None:
        self._one = one
        self._efforts = efforts
        self._start_s = min([0.0, *(each.start_s for each in efforts)])
        self._end_s = max([_end_s(one), *(each.end_s for each in efforts)])
        self._pauses_s = list(self._pauses_within())
        self._builder = FitFileBuilder(auto_define=True, strict=True)

    def encoded(self) -> bytes:
        self._add_head()
        self._add_timer()
        self._add_sets()
        self._add_totals()
        content: bytes = self._builder.build().to_bytes()
        return content

    def _pauses_within(self) -> Iterator[tuple[float, float]]:
        """Yield the pauses as far as they are in the session, whose times may have changed."""
        for start_s, end_s in self._one.pauses_s:
            first_s = max(self._start_s, start_s)
            last_s = self._end_s if end_s is None else min(self._end_s, end_s)
            if first_s < last_s:
                yield first_s, last_s

    def _ms(self, t_s: float) -> int:
        return round((self._one.started_utc.timestamp() + t_s) * 1000)

    def _add_head(self) -> None:
        head = FileIdMessage()
        head.type = fit.FileType.ACTIVITY
        head.manufacturer = fit.Manufacturer.DEVELOPMENT.value
        head.product = 0
        head.serial_number = self._one.id & 0xFFFFFFFF
        head.time_created = self._ms(self._start_s)
        self._builder.add(head)

    def _add_timer(self) -> None:
        self._add_event(self._start_s, fit.EventType.START)
        for start_s, end_s in self._pauses_s:
            self._add_event(start_s, fit.EventType.STOP)
            self._add_event(end_s, fit.EventType.START)
        for t_s in (self._start_s, self._end_s):  # programs ask for at least one
            record = RecordMessage()
            record.timestamp = self._ms(t_s)
            self._builder.add(record)
        self._add_event(self._end_s, fit.EventType.STOP_ALL)

    def _add_event(self, t_s: float, kind: fit.EventType) -> None:
        event = EventMessage()
        event.timestamp = self._ms(t_s)
        event.event = fit.Event.TIMER
        event.event_type = kind
        self._builder.add(event)

    def _add_sets(self) -> None:
        number = 0
        before_s: float | None = None
        for each in self._efforts:
            if before_s is not None and each.start_s > before_s:
                rest = SetMessage()
                rest.set_type = fit.SetType.REST.value
                self._add_set(rest, number, before_s, each.start_s - before_s)
                number += 1
            category, name = FIT_NAMES[each.exercise]
            active = SetMessage()
            active.set_type = fit.SetType.ACTIVE.value
            active.category = [category.value]
            if name is not None:
                active.category_subtype = [name.value]
            if each.repetitions is not None:
                active.repetitions = each.repetitions
            self._add_set(active, number, each.start_s, each.duration_s)
            number += 1
            before_s = each.end_s if before_s is None else max(each.end_s, before_s)

    def _add_set(self, message: SetMessage, number: int, start_s: float, duration_s: float) -> None:
        message.message_index = number
        message.start_time = self._ms(start_s)
        message.timestamp = self._ms(start_s + duration_s)
        message.duration = duration_s
        self._builder.add(message)

    def _add_totals(self) -> None:
        elapsed_s = self._end_s - self._start_s
        paused_s = sum(end_s - start_s for start_s, end_s in self._pauses_s)
        active_s = max(0.0, elapsed_s - paused_s)
        for message in (LapMessage(), SessionMessage()):
            message.message_index = 0
            message.start_time = self._ms(self._start_s)
            message.timestamp = self._ms(self._end_s)
            message.total_elapsed_time = elapsed_s
            message.total_timer_time = active_s
            message.sport = fit.Sport.TRAINING
            message.sub_sport = fit.SubSport.STRENGTH_TRAINING
            if isinstance(message, SessionMessage):
                message.first_lap_index, message.num_laps = 0, 1
            self._builder.add(message)
        whole = ActivityMessage()
        whole.timestamp = self._ms(self._end_s)
        whole.local_timestamp = self._local_s()
        whole.total_timer_time = active_s
        whole.num_sessions = 1
        whole.type = fit.Activity.MANUAL
        self._builder.add(whole)

    def _local_s(self) -> int:
        """Return what the wearer's clock showed at the end, in seconds since FIT's beginning."""
        local = datetime.fromtimestamp(self._ms(self._end_s) / 1000, ZoneInfo(self._one.time_zone))
        return round((local.replace(tzinfo=UTC) - _FIT_EPOCH_UTC).total_seconds())
