"""Sessions: what was done, and the samples it was found in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Connection

from lumbar_server import schemas
from lumbar_server.errors import NotFoundError
from lumbar_server.routes.request import NOT_FOUND, Database, is_simulated
from lumbar_server.store import results, samples, sessions
from lumbar_signal.events import Deviation, ExerciseSet

router = APIRouter(tags=["sessions"])

SessionId = Annotated[int, Path(ge=1, lt=2**63, description="From the list of sessions")]
MOST_SAMPLES = 100_000


@router.get("/sessions", summary="Sessions, the last received first")
def list_sessions(
    database: Database,
    sensor_id: Annotated[str | None, Query(description="Only this sensor's")] = None,
    before_id: Annotated[
        int | None, Query(ge=1, lt=2**63, description="Only older ones: the last id of a page")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[schemas.Session]:
    """List the sessions; ask again with `before_id` for the next page."""
    rows = sessions.newest(database, sensor_id, before_id, limit)
    return [schemas.Session(**_summary(row)) for row in rows]


@router.get("/sessions/{session_id}", summary="One session in full", responses=NOT_FOUND)
def session(session_id: SessionId, database: Database) -> schemas.SessionDetail:
    """Return sets, repetitions, holds, deviations and postures of a session."""
    row = _find(database, session_id)
    found = results.Findings()
    if row.analysis_id is not None:
        found = results.read(database, row.analysis_id)
    view = _TimeView(row.wall_s_per_sample)
    return schemas.SessionDetail(
        **_summary(row),
        origin_utc=_origin(row),
        sampling_rate_hz=row.sampling_rate_hz,
        g_per_step=row.g_per_step,
        dps_per_step=row.dps_per_step,
        channels=row.channels,
        samples=sum(end - start for start, end in row.stored),
        gaps=[schemas.Gap(**view.span(start, end)) for start, end in row.lost],
        quarantined=row.quarantined,
        analysis=_analysis(row),
        sets=[view.set(one) for one in found.sets],
        postures=[
            schemas.Posture(posture=one.posture.value, **view.span(one.start, one.end))
            for one in found.postures
        ],
        deviations=[view.deviation(one) for one in found.deviations],
    )


@router.get(
    "/sessions/{session_id}/samples",
    summary="Samples of a session",
    response_model=schemas.SamplePage,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        **NOT_FOUND,
    },
)
def session_samples(
    session_id: SessionId,
    database: Database,
    first: Annotated[int, Query(ge=0, lt=2**48, description="Sample index to begin at")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_SAMPLES)] = 10_000,
    encoding: Annotated[
        Literal["json", "int16"],
        Query(description="int16: little-endian rows, the rest in X-Lumbar-... headers"),
    ] = "json",
) -> Any:
    """Return the first unbroken run of stored samples at or after `first`.

    A step between a page's end and the next page's `first_index` is a gap.
    """
    row = _find(database, session_id)
    start, end = _next_run(row.stored, first)
    end = min(end, start + limit)
    more = any(stop > end for _, stop in row.stored)
    facts = {
        "first_index": start,
        "next_index": end if more else None,
        "sampling_rate_hz": row.sampling_rate_hz,
        "g_per_step": row.g_per_step,
        "dps_per_step": row.dps_per_step,
    }
    runs = samples.read(database, row.stream_id, row.channels, start, end)
    rows = np.concatenate([np.zeros((0, row.channels), np.int16), *(run.samples for run in runs)])
    if encoding == "json":
        return schemas.SamplePage(**facts, samples=rows.tolist())
    headers = {f"X-Lumbar-{name.replace('_', '-')}": str(v) for name, v in facts.items()}
    headers["X-Lumbar-channels"] = str(row.channels)
    body = rows.astype("<i2").tobytes()
    return Response(body, media_type="application/octet-stream", headers=headers)


def _find(database: Connection, session_id: int) -> Any:
    row = sessions.one(database, session_id)
    if row is None:
        raise NotFoundError(f"no session {session_id}: GET /api/v1/sessions lists all there are")
    return row


def _next_run(stored: list[list[int]], first: int) -> tuple[int, int]:
    for start, end in stored:
        if end > first:
            return max(start, first), end
    return first, first


def _summary(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "sensor_id": row.sensor_id,
        "simulated": is_simulated(row.sensor_id),
        "stream_id": row.stream_id,
        "started_utc": row.started_utc,
        "ended_utc": row.ended_utc,
        "state": row.state,
        "coverage": row.coverage,
    }


def _origin(row: Any) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=row.wall_at_zero_s)


def _analysis(row: Any) -> schemas.Analysis | None:
    if row.detector_version is None:
        return None
    return schemas.Analysis(
        detector_version=row.detector_version, parameters_sha256=row.parameters_sha256
    )


class _TimeView:
    """Positions in samples as seconds, by the fitted sample period."""

    def __init__(self, s_per_sample: float) -> None:
        self._s_per_sample = s_per_sample

    def s(self, index: float) -> float:
        return round(index * self._s_per_sample, 4)

    def span(self, start: float, end: float) -> dict[str, Any]:
        return {"start_s": self.s(start), "end_s": self.s(end)}

    def deviation(self, one: Deviation) -> schemas.Deviation:
        return schemas.Deviation(
            kind=one.kind.value, peak_deg=one.peak_deg, **self.span(one.start, one.end)
        )

    def set(self, one: ExerciseSet) -> schemas.Set:
        return schemas.Set(
            exercise=one.exercise.value,
            told_live=None if one.told_live is None else one.told_live.value,
            **self.span(one.start, one.end),
            confidence=one.confidence,
            coverage=one.coverage,
            closed=one.closed,
            repetitions=[
                schemas.Repetition(
                    **self.span(part.start, part.end),
                    peak_s=self.s(part.peak),
                    range_deg=part.range_deg,
                    confidence=part.confidence,
                )
                for part in one.repetitions
            ],
            holds=[
                schemas.Hold(
                    **self.span(part.start, part.end), duration_s=self.s(part.end - part.start)
                )
                for part in one.holds
            ],
            deviations=[self.deviation(part) for part in one.deviations],
        )
