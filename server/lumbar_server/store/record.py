"""A session put together from everything that is stored of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from lumbar_gateway.messages import IndexRanges
from lumbar_server.detected import DetectedSet, DeviationSpan, PostureSpan, TimeView
from lumbar_server.record import Correction, Part, SessionRecord, corrected
from lumbar_server.store import (
    corrections,
    prescriptions,
    results,
    sessions,
    stream_listing,
    wearers,
)
from lumbar_server.store.results import Findings
from lumbar_server.store.sessions import PartRow, SessionRow
from lumbar_server.store.streams import StreamState
from lumbar_server.store.wearers import WearerRow


def read(connection: Connection, session_id: int) -> SessionRecord:
    """Return a session whole; raises ``NotFoundError``."""
    return of(connection, sessions.one(connection, session_id))


def of(connection: Connection, session: SessionRow) -> SessionRecord:
    """Return a session whole."""
    return of_all(connection, [session])[0]


def of_all(connection: Connection, rows: Sequence[SessionRow]) -> list[SessionRecord]:
    """Return sessions whole, in their order; much faster than one after the other."""
    keys = [row.id for row in rows]
    everybody = {one.id: one for one in wearers.listed(connection)}
    said = corrections.of_sessions(connection, keys)
    planned = prescriptions.among(connection, keys)
    parts: dict[int, list[PartRow]] = {}
    for part in sessions.parts_of(connection, keys):
        parts.setdefault(part.session_id, []).append(part)
    known = {part.stream_id for mine in parts.values() for part in mine}
    streams = stream_listing.some(connection, known)  # nothing has arrived of those missing
    analyses = [one.analysis_id for one in streams.values() if one.analysis_id is not None]
    found = results.read_all(connection, analyses)
    return [
        _whole(
            row,
            everybody[row.wearer_id],
            [
                _part(part, streams[part.stream_id], found, row.started_utc)
                for part in parts.get(row.id, ())
                if part.stream_id in streams
            ],
            said.get(row.id, ()),
            is_planned=row.id in planned,
        )
        for row in rows
    ]


def _whole(
    session: SessionRow,
    wearer: WearerRow,
    seen: Sequence[tuple[Part, list[DetectedSet]]],
    said: Sequence[Correction],
    *,
    is_planned: bool,
) -> SessionRecord:
    parts = sorted((part for part, _ in seen), key=lambda part: part.start_s)
    found = [one for _, sets in seen for one in sets]
    started_s = session.started_utc.timestamp()
    return SessionRecord(
        id=session.id,
        wearer_id=wearer.id,
        wearer_name=wearer.name,
        time_zone=wearer.time_zone,
        kind=session.kind,
        started_utc=session.started_utc,
        ended_utc=session.ended_utc,
        pauses_s=tuple(_pause(pause, started_s) for pause in session.pauses),
        comfort_before=session.comfort_before,
        comfort_during=session.comfort_during,
        comfort_after=session.comfort_after,
        effort=session.effort,
        note=session.note,
        discarded=session.discarded,
        version=session.version,
        parts=tuple(parts),
        sets=corrected(found, said, {part.stream_id: part.time for part in parts}),
        is_planned=is_planned,
    )


def _part(
    row: PartRow, stream: Any, findings: Mapping[int, Findings], started_utc: datetime
) -> tuple[Part, list[DetectedSet]]:
    stored = IndexRanges((start, end) for start, end in stream.stored)
    lost = IndexRanges((start, end) for start, end in stream.lost)
    erased = IndexRanges((start, end) for start, end in stream.erased)
    end = max(stored.end, lost.end) if row.end_index is None else row.end_index
    end = max(row.first_index, min(end, max(stored.end, lost.end)))
    time = TimeView(stream.wall_at_zero_s - started_utc.timestamp(), stream.wall_s_per_sample)
    found = Findings()
    if stream.analysis_id is not None:
        found = _within(findings[stream.analysis_id], row.first_index, end)
    part = Part(
        stream_id=row.stream_id,
        sensor_id=stream.sensor_id,
        first_index=row.first_index,
        end_index=end,
        time=time,
        sampling_rate_hz=stream.sampling_rate_hz,
        g_per_step=stream.g_per_step,
        dps_per_step=stream.dps_per_step,
        channels=stream.channels,
        state=StreamState(stream.state),
        stored_samples=sum(b - a for a, b in stored.overlap(row.first_index, end)),
        erased_s=tuple((time.s(a), time.s(b)) for a, b in erased.overlap(row.first_index, end)),
        gaps_s=tuple((time.s(a), time.s(b)) for a, b in lost.overlap(row.first_index, end)),
        quarantined=stream.quarantined,
        analysis_id=stream.analysis_id,
        detector_version=stream.detector_version,
        parameters_sha256=stream.parameters_sha256,
        calibration=stream.calibration,
        postures=tuple(
            PostureSpan(one.posture, time.s(one.start), time.s(one.end)) for one in found.postures
        ),
        deviations=tuple(DeviationSpan.of(one, time) for one in found.deviations),
    )
    return part, [DetectedSet.of(one, row.stream_id, time) for one in found.sets]


def _within(found: Findings, first: int, end: int) -> Findings:
    """Return the sets whose middle lies within a stretch, and what else touches it."""
    return Findings(
        tuple(one for one in found.sets if first <= (one.start + one.end) / 2 < end),
        tuple(one for one in found.postures if one.start < end and first < one.end),
        tuple(one for one in found.deviations if one.start < end and first < one.end),
    )


def _pause(pause: list[float | None], started_s: float) -> tuple[float, float | None]:
    start_s, end_s = pause
    assert start_s is not None
    return start_s - started_s, None if end_s is None else end_s - started_s
