"""From messages to rows: cut, store, detect and record, all in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple, Self

from sqlalchemy import Connection, Engine

from lumbar_gateway.messages import (
    Claim,
    IndexRanges,
    MessageError,
    Refusal,
    SampleBatch,
    StreamMessage,
    Topic,
    claim_of,
    decode_stream_message,
)
from lumbar_gateway.messages.fields import MAX_MESSAGE_BYTES
from lumbar_server.analyses import Analyses
from lumbar_server.database import writing
from lumbar_server.detection import StreamDetection
from lumbar_server.errors import DatabaseAwayError, StreamConflictError
from lumbar_server.following import Following
from lumbar_server.intake import Intake, contradicts
from lumbar_server.late_streams import without_deleted
from lumbar_server.refit import refit
from lumbar_server.roster import Roster
from lumbar_server.store import incidents, observations, results, samples, streams
from lumbar_server.store.incidents import Incident
from lumbar_server.store.samples import Run
from lumbar_server.store.streams import StreamRecord
from lumbar_signal.events import Announcement

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 20
"""Retries against other workers before it is called a failure (chosen: never seen above 3)."""


class Arrived(NamedTuple):
    """A message as the broker delivered it."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Committed:
    """What a transaction did to one stream."""

    record: StreamRecord
    detection: StreamDetection | None  # None where the stream is not analysed
    events: list[Announcement]
    newest_live: SampleBatch | None  # the last batch that did not come from the sensor's log
    recent: IndexRanges  # what came, whether new or not
    refusals: Mapping[str, Sequence[Refusal]]  # by the sensor whose topic it came by


class _Known(NamedTuple):
    stream_id: str
    sensor_id: str
    message: StreamMessage | Claim
    payload: bytes

    @classmethod
    def of(cls, sensor_id: str, message: StreamMessage | Claim, payload: bytes) -> Self:
        return cls(f"{message.stream_id:016x}", sensor_id, message, payload)


class Ingest:
    """Puts messages into the database; keeps records and detectors of the streams at hand."""

    def __init__(self, engine: Engine, now_s: Callable[[], float]) -> None:
        self._engine = engine
        self._now_s = now_s
        self._records: dict[str, StreamRecord] = {}
        self._roster = Roster()
        self._analyses = Analyses(now_s, self._roster)
        self._following = Following(self._roster)
        self._wall_offset_s: dict[int, float] = {}  # by run of a gateway, as stored

    def commit(self, arrived: Sequence[Arrived]) -> list[Committed]:
        """Store ``arrived`` in one transaction, all or nothing.

        What cannot be read is counted, and what contradicts the stream is set aside: both are
        dealt with when this returns, and may be acknowledged to the broker.

        Raises
        ------
        DatabaseAwayError
            Nothing was stored; try again later.
        StreamConflictError
            Other workers were faster every time.
        """
        return self._commit(*_decode(arrived))

    def refuse(self, arrived: Arrived) -> list[Committed]:
        """Set a message aside that cannot be stored although it reads well."""
        claim = claim_of(arrived.payload)
        sensor_id = Topic.parse(arrived.topic).sensor_id
        return self._commit([_Known.of(sensor_id, claim, arrived.payload)] if claim else [], [])

    def analyse_again(self, stream_id: str) -> list[Committed]:
        """Analyse a stream whose samples are stored without results."""
        self._drop([stream_id])
        self._analyses.allow(stream_id)
        now_utc = datetime.fromtimestamp(self._now_s(), UTC)
        with writing(self._engine) as connection:
            self._roster.catch_up(connection)
            intakes = [Intake(one) for one in streams.read(connection, [stream_id]).values()]
            streams.write(connection, [intake.record for intake in intakes], now_utc)
            events = self._analyses.advance(connection, intakes)
            self._follow(connection, intakes, now_utc)
        self._remember(intake.record for intake in intakes)
        return [self._committed(intake, events) for intake in intakes]

    def _commit(self, known: Sequence[_Known], unreadable: list[Incident]) -> list[Committed]:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                done = self._attempt(known, unreadable)
            except StreamConflictError:
                self._forget(known)
                if attempt == MAX_ATTEMPTS:
                    raise
            except BaseException:
                self._forget(known)
                raise
            else:
                break
        for incident in unreadable:
            log.warning("%s message counted and dropped: %s", incident.kind, incident.detail)
        return done

    def _attempt(self, known: Sequence[_Known], unreadable: list[Incident]) -> list[Committed]:
        now_utc = datetime.fromtimestamp(self._now_s(), UTC)
        with writing(self._engine) as connection:
            self._roster.catch_up(connection)
            intakes = self._cut(connection, known)
            contradictions = [
                i for intake in intakes for i in _set_aside(connection, intake, now_utc)
            ]
            changed = [i for i in intakes if i.record != self._records.get(i.record.stream_id)]
            streams.write(connection, [intake.record for intake in changed], now_utc)
            samples.write(connection, {i.record.stream_id: i.pieces for i in changed})
            events = self._analyses.advance(connection, changed)
            self._follow(connection, changed, now_utc)
            offsets_s = self._new_offsets(known)
            observations.note_offsets(connection, offsets_s)
            incidents.count(connection, unreadable + contradictions, now_utc)
        self._wall_offset_s |= offsets_s
        for incident in contradictions:
            log.warning("message set aside: %s", incident.detail)
        self._remember(i.record for i in changed)
        return [self._committed(intake, events) for intake in intakes]

    def _cut(self, connection: Connection, known: Sequence[_Known]) -> list[Intake]:
        """Apply the messages to the records; in the order of their ids, so that locks agree."""
        missing = {one.stream_id for one in known} - self._records.keys()
        if missing:
            self._records |= streams.read(connection, missing)
        intakes: dict[str, Intake] = {}
        for one in known:
            if one.stream_id not in intakes:
                record = self._records.get(one.stream_id)
                new = StreamRecord(one.stream_id, one.sensor_id)
                intakes[one.stream_id] = Intake(record or new)
            intake = intakes[one.stream_id]
            if isinstance(one.message, SampleBatch) and intake.record.sample_format is None:
                intake.record = without_deleted(connection, intake.record, one.message.fit)
            intake.take(one.sensor_id, one.message, one.payload)
        return [intakes[stream_id] for stream_id in sorted(intakes)]

    def _follow(self, connection: Connection, changed: Iterable[Intake], now_utc: datetime) -> None:
        """Bring the sessions up to date with the streams in which something new was found."""
        found = []
        for intake in changed:
            detection = self._analyses.get(intake.record.stream_id)
            found.append((intake.record, detection.saved.sets if detection else ()))
        self._following.update(connection, found, now_utc)

    def _new_offsets(self, known: Iterable[_Known]) -> dict[int, float]:
        heard = {
            one.message.gateway_boot: one.message.wall_offset_s
            for one in known
            if isinstance(one.message, SampleBatch)
        }
        return {
            boot: offset_s
            for boot, offset_s in heard.items()
            if self._wall_offset_s.get(boot) != offset_s
        }

    def _committed(self, intake: Intake, events: dict[str, list[Announcement]]) -> Committed:
        stream_id = intake.record.stream_id
        return Committed(
            self._records[stream_id],
            self._analyses.get(stream_id),
            events.get(stream_id, []),
            intake.newest_live,
            intake.recent,
            intake.refusals,
        )

    def _remember(self, records: Iterable[StreamRecord]) -> None:
        for record in records:
            self._records.pop(record.stream_id, None)  # so that the busiest are the last
            self._records[record.stream_id] = replace(record, version=record.version + 1)

    def _forget(self, known: Iterable[_Known]) -> None:
        self._drop({one.stream_id for one in known})

    def _drop(self, stream_ids: Iterable[str]) -> None:
        for stream_id in stream_ids:
            self._records.pop(stream_id, None)
        self._following.drop(stream_ids)
        self._analyses.drop(stream_ids)

    def tidy(self, most: int) -> None:
        """Forget finished streams, and the ones that were quiet longest above ``most``."""
        over = list(self._records)[: max(0, len(self._records) - most)]
        finished = [record for record in self._records.values() if record.is_settled]
        for record in finished:
            self._refit(record)
        self._drop({*over, *(record.stream_id for record in finished)})

    def _refit(self, record: StreamRecord) -> None:
        """Fit the clock of a finished stream to all of it; what fails is left as it was."""
        if record.started_utc is None:
            return
        try:
            with writing(self._engine) as connection:
                self._roster.catch_up(connection)
                clock = refit(connection, record)
                if clock is None or clock == record.clock:
                    return
                fitted = replace(record, clock=clock)
                now_utc = datetime.fromtimestamp(self._now_s(), UTC)
                streams.write(connection, [fitted], now_utc)
                self._analyses.advance(connection, [Intake(fitted)])  # blocks may lie elsewhere
                sets = results.newest_sets(connection, record.stream_id)
                self._following.update(connection, [(fitted, sets)], now_utc)
        except (DatabaseAwayError, StreamConflictError) as error:
            log.info("stream %s: its clock is not fitted again: %s", record.stream_id, error)


def _decode(arrived: Sequence[Arrived]) -> tuple[list[_Known], list[Incident]]:
    known, unreadable = [], []
    for one in arrived:
        topic = None
        try:
            topic = Topic.parse(one.topic)
            if topic.kind != "samples":
                continue  # amqtt gives a client that reconnects its own acknowledgements back
            message = decode_stream_message(one.payload)
            known.append(_Known.of(topic.sensor_id, message, one.payload))
        except MessageError as error:
            claim = claim_of(one.payload)
            if topic and claim:
                known.append(_Known.of(topic.sensor_id, claim, one.payload))
            else:
                unreadable.append(Incident(_kind(one, error), f"{one.topic[:100]}: {error}"))
    return known, unreadable


def _kind(arrived: Arrived, error: MessageError) -> str:
    if len(arrived.payload) > MAX_MESSAGE_BYTES:
        return "oversized"
    if "schema version" in str(error):
        return "unknown_version"
    return "malformed"


def _set_aside(connection: Connection, intake: Intake, now_utc: datetime) -> list[Incident]:
    """Compare repeated samples with what is stored; returns the newly quarantined."""
    record = intake.record
    for repeat, payload in intake.repeats:
        if contradicts(_known_runs(connection, intake, repeat), repeat):
            n = len(repeat.samples)
            reason = "samples differ from those stored under the same indices"
            at = repeat.first_index
            intake.set_aside("contradiction", record.sensor_id, at, n, reason, payload)
    new = [one for one in intake.contradictions if incidents.quarantine(connection, one, now_utc)]
    intake.record = replace(record, quarantined=record.quarantined + len(new))
    return [
        Incident(one.kind, f"{one.sensor_id} stream {one.stream_id}: {one.reason}") for one in new
    ]


def _known_runs(connection: Connection, intake: Intake, repeat: Run) -> list[Run]:
    form = intake.record.sample_format
    assert form is not None  # samples came before, so it is known
    stored = samples.read(
        connection, intake.record.stream_id, form.channels, repeat.first_index, repeat.end_index
    )
    return [*stored, *(piece.run for piece in intake.pieces)]
