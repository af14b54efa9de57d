"""A recorded session as the API says it."""

from __future__ import annotations

from typing import Any

from lumbar_server import session_schemas as schemas
from lumbar_server.detected import DetectedSet, DeviationSpan
from lumbar_server.record import Correction, Part, RecordedSet, SessionRecord
from lumbar_server.routes.request import is_simulated
from lumbar_server.schemas import Analysis


def summary_of(session: SessionRecord) -> schemas.Session:
    """Return a session as lists show it."""
    return schemas.Session(**_summary(session))


def detail_of(session: SessionRecord) -> schemas.SessionDetail:
    """Return a session in full."""
    return schemas.SessionDetail(
        **_summary(session),
        pauses=[_span(*pause) for pause in session.pauses_s],
        parts=[_part(one) for one in session.parts],
        sets=[_set(one) for one in session.sets],
    )


def _summary(session: SessionRecord) -> dict[str, Any]:
    return {
        "id": session.id,
        "wearer_id": session.wearer_id,
        "wearer": session.wearer_name,
        "time_zone": session.time_zone,
        "kind": session.kind,
        "started_utc": session.started_utc,
        "ended_utc": session.ended_utc,
        "paused": bool(session.pauses_s) and session.pauses_s[-1][1] is None,
        "comfort_before": session.comfort_before,
        "comfort_during": session.comfort_during,
        "comfort_after": session.comfort_after,
        "effort": session.effort,
        "note": session.note,
        "coverage": session.coverage,
        "simulated": any(is_simulated(part.sensor_id) for part in session.parts),
        "planned": session.is_planned,
        "done": [schemas.Done(**vars_of) for vars_of in _done(session)],
        "discarded": session.discarded,
        "version": session.version,
    }


def _done(session: SessionRecord) -> list[dict[str, Any]]:
    found = []
    for exercise in dict.fromkeys(one.exercise for one in session.done):
        sets = [one for one in session.done if one.exercise == exercise]
        holds_s = [hold_s for one in sets for hold_s in one.holds_s]
        found.append(
            {
                "exercise": exercise,
                "sets": len(sets),
                "repetitions": sum(one.repetitions for one in sets),
                "longest_hold_s": _s(max(holds_s)) if holds_s else None,
            }
        )
    return found


def _set(one: RecordedSet) -> schemas.Set:
    return schemas.Set(
        exercise=one.exercise,
        start_s=_s(one.start_s),
        end_s=_s(one.end_s),
        repetitions=one.repetitions,
        holds_s=[_s(hold_s) for hold_s in one.holds_s],
        removed=one.is_removed,
        detected=None if one.detected is None else _detected(one.detected),
        correction=None if one.correction is None else _correction(one.correction),
    )


def _detected(found: DetectedSet) -> schemas.Detected:
    return schemas.Detected(
        stream_id=found.stream_id,
        start_index=found.start,
        end_index=found.end,
        exercise=found.exercise,
        told_live=found.told_live,
        start_s=_s(found.start_s),
        end_s=_s(found.end_s),
        confidence=found.confidence,
        coverage=found.coverage,
        closed=found.closed,
        repetitions=[
            schemas.Repetition(
                start_s=_s(one.start_s),
                peak_s=_s(one.peak_s),
                end_s=_s(one.end_s),
                range_deg=one.range_deg,
                confidence=one.confidence,
            )
            for one in found.repetitions
        ],
        holds=[
            schemas.Hold(
                start_s=_s(one.start_s), end_s=_s(one.end_s), duration_s=_s(one.duration_s)
            )
            for one in found.holds
        ],
        deviations=[_deviation(one) for one in found.deviations],
    )


def _correction(said: Correction) -> schemas.Correction:
    return schemas.Correction(
        id=said.id,
        removed=said.removed,
        exercise=said.exercise,
        repetitions=said.repetitions,
        holds_s=None if said.holds_s is None else list(said.holds_s),
        start_s=said.start_s,
        end_s=said.end_s,
        made_utc=said.made_utc,
    )


def _part(part: Part) -> schemas.Part:
    analysis = None
    if part.detector_version is not None and part.parameters_sha256 is not None:
        analysis = Analysis(
            detector_version=part.detector_version, parameters_sha256=part.parameters_sha256
        )
    return schemas.Part(
        stream_id=part.stream_id,
        sensor_id=part.sensor_id,
        simulated=is_simulated(part.sensor_id),
        state=part.state.value,
        first_index=part.first_index,
        end_index=part.end_index,
        start_s=_s(part.start_s),
        end_s=_s(part.end_s),
        sampling_rate_hz=part.sampling_rate_hz,
        coverage=part.coverage,
        gaps=[_span(*gap) for gap in part.gaps_s],
        erased=[_span(*span) for span in part.erased_s],
        quarantined=part.quarantined,
        analysis=analysis,
        postures=[
            schemas.Posture(posture=one.posture.value, start_s=_s(one.start_s), end_s=_s(one.end_s))
            for one in part.postures
        ],
        deviations=[_deviation(one) for one in part.deviations],
    )


def _deviation(one: DeviationSpan) -> schemas.Deviation:
    return schemas.Deviation(
        kind=one.kind, start_s=_s(one.start_s), end_s=_s(one.end_s), peak_deg=one.peak_deg
    )


def _span(start_s: float, end_s: float | None) -> schemas.Span:
    return schemas.Span(start_s=_s(start_s), end_s=None if end_s is None else _s(end_s))


def _s(t_s: float) -> float:
    return round(t_s, 4)
