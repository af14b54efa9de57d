"""Stored streams, run through the present detector; what an older one found stays beside it.

The samples are read and looked at without holding anybody up, run by run, so memory does not grow
with the stream; only then what was found is written, if the stream is still the same.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from lumbar_server import remains
from lumbar_server.analysis_difference import SetPair, paired
from lumbar_server.database import reading, writing
from lumbar_server.detection import StreamDetection, is_analysed
from lumbar_server.errors import NotFoundError, StreamConflictError
from lumbar_server.follow import follow
from lumbar_server.following import note_streams
from lumbar_server.record import Part
from lumbar_server.roster import Blocks, Roster
from lumbar_server.store import analysis_listing, results, samples, sessions, streams, wearers
from lumbar_server.store.analysis_listing import AnalysisRow
from lumbar_server.store.results import Findings
from lumbar_server.store.samples import Run
from lumbar_server.store.sessions import SessionKind
from lumbar_server.store.streams import SampleFormat, StreamRecord
from lumbar_signal import PARAMETERS_SHA256, VERSION
from lumbar_signal.events import ExerciseSet

MAX_ATTEMPTS = 5
"""Against a worker that stores more of the stream meanwhile (chosen: it analyses that itself)."""


class Outcome(enum.StrEnum):
    """What became of a stream."""

    ANALYSED = "analysed"
    UP_TO_DATE = "up_to_date"  # it was the present detector that looked last
    LEFT = "left"  # see the reason


@dataclass(frozen=True, slots=True)
class Reanalysed:
    """What became of one stream."""

    stream_id: str
    outcome: Outcome
    reason: str | None = None


class _LeftError(Exception):
    """Why a stream cannot be analysed."""


def reanalyse_session(
    engine: Engine, session_id: int, now_s: Callable[[], float]
) -> list[Reanalysed]:
    """Analyse the streams of a session; raises ``NotFoundError``."""
    with reading(engine) as connection:
        sessions.one(connection, session_id)
        keys = [part.stream_id for part in sessions.parts_of(connection, [session_id])]
    return [reanalyse(engine, key, now_s) for key in keys]


def reanalyse(engine: Engine, stream_id: str, now_s: Callable[[], float]) -> Reanalysed:
    """Analyse a stream, unless the present detector has looked last; raises ``NotFoundError``."""
    for _ in range(MAX_ATTEMPTS):
        try:
            return _attempt(engine, stream_id, now_s)
        except StreamConflictError:
            continue
        except _LeftError as reason:
            return Reanalysed(stream_id, Outcome.LEFT, str(reason))
    return Reanalysed(stream_id, Outcome.LEFT, "samples keep coming: try again when it has ended")


def differences(
    connection: Connection,
    before: AnalysisRow,
    after: AnalysisRow,
    is_wanted: Callable[[ExerciseSet], bool] = lambda _: True,
) -> list[SetPair]:
    """Compare the sets that two analyses of a stream found, as far as they are wanted."""
    found = [
        [one for one in results.read(connection, row.id).sets if is_wanted(one)]
        for row in (before, after)
    ]
    return paired(*found)


def sets_of(connection: Connection, session_id: int, part: Part) -> Callable[[ExerciseSet], bool]:
    """Return what tells whether a set is the session's, by any analysis.

    An automatic session ends where the present analysis has its last set; one that only another
    analysis found beyond it would have been the session's, too, unless it is another one's.
    """
    session = sessions.one(connection, session_id)
    margin = 0.0
    if session.kind == SessionKind.AUTOMATIC:
        quiet_s = wearers.one(connection, session.wearer_id).quiet_s
        margin = quiet_s * part.sampling_rate_hz
    others = [
        (one.first_index, float("inf") if one.end_index is None else one.end_index)
        for one in sessions.parts_on(connection, part.stream_id)
        if one.session_id != session_id
    ]

    def is_its(found: ExerciseSet) -> bool:
        middle = (found.start + found.end) / 2
        if any(first <= middle < end for first, end in others):
            return False
        return part.first_index - margin <= middle < part.end_index + margin

    return is_its


def _attempt(engine: Engine, stream_id: str, now_s: Callable[[], float]) -> Reanalysed:
    with reading(engine) as connection:
        record = streams.read(connection, [stream_id]).get(stream_id)
        if record is None:
            raise NotFoundError(f"no stream {stream_id}: GET /api/v1/streams lists all there are")
        newest = analysis_listing.of_stream(connection, stream_id)[:1]
        if newest and _version(newest[0]) == (VERSION, PARAMETERS_SHA256):
            return Reanalysed(stream_id, Outcome.UP_TO_DATE)
        blocks = Roster().blocks_of(connection, record)
        detection = _detected(connection, record, blocks)
    now_utc = datetime.fromtimestamp(now_s(), UTC)
    with writing(engine) as connection:
        streams.write(connection, [record], now_utc)  # so that no worker writes beside us
        if Roster().blocks_of(connection, record) != blocks:
            raise StreamConflictError("another block has begun since the stream was looked at")
        found = _store(connection, stream_id, detection)
        note_streams(connection, [record], now_utc)
        follow(connection, Roster(), [(record, found.sets)], now_utc)
    return Reanalysed(stream_id, Outcome.ANALYSED)


def _version(row: AnalysisRow) -> tuple[str, str]:
    return row.detector_version, row.parameters_sha256


def _detected(connection: Connection, record: StreamRecord, blocks: Blocks) -> StreamDetection:
    form = record.sample_format
    if form is None or not record.stored:
        raise _LeftError("nothing of it has arrived")
    if not is_analysed(form):
        raise _LeftError(f"{form.sampling_rate_hz:g} samples a second do not suit the detector")
    if not record.kept:
        raise _LeftError("its samples were deleted; what was found in them stays")
    past = None
    if record.erased:
        past = remains.within(results.newest(connection, record.stream_id), record.erased)
    detection = StreamDetection(form, 0, Findings(), past, record.erased)
    detection.prescribe(blocks, record.clock)
    detection.feed(_runs(connection, record, form), record.settled_end)
    if detection.turn_round():
        detection.feed(_runs(connection, record, form), record.settled_end)
    if record.is_settled:
        detection.flush()
    return detection


def _runs(connection: Connection, record: StreamRecord, form: SampleFormat) -> Iterator[Run]:
    for first, end in record.kept.overlap(0, record.settled_end):
        yield from samples.read(connection, record.stream_id, form.channels, first, end)


def _store(connection: Connection, stream_id: str, detection: StreamDetection) -> Findings:
    # Where this version has looked before, but another one since: the newest id is what counts.
    results.discard(connection, stream_id, VERSION, PARAMETERS_SHA256)
    detection.analysis_id = results.open_analysis(connection, stream_id, VERSION, PARAMETERS_SHA256)
    changes = results.Changes()
    detection.save(changes)
    changes.write(connection)
    return detection.saved
