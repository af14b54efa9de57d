"""Sessions as tables of plain values: what CSV and Parquet hold.

The wearer's word counts; what was detected stands beside it in columns of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from lumbar_server.detected import DeviationSpan
from lumbar_server.record import Part, RecordedSet, SessionRecord

Kind = Literal["integer", "number", "text", "instant", "boolean"]
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A name, columns with their kinds, and the rows of one session."""

    name: str
    columns: dict[str, Kind]
    rows_of: Callable[[SessionRecord], Iterator[Row]]


def _session(one: SessionRecord) -> Iterator[Row]:
    paused_s = sum(end_s - start_s for start_s, end_s in one.pauses_s if end_s is not None)
    yield (
        one.id,
        one.wearer_id,
        one.wearer_name,
        one.time_zone,
        one.kind,
        one.started_utc,
        one.ended_utc,
        one.duration_s,
        paused_s,
        one.coverage,
        one.comfort_before,
        one.comfort_during,
        one.comfort_after,
        one.effort,
        one.note,
        one.version,
    )


def _parts(one: SessionRecord) -> Iterator[Row]:
    for part in one.parts:
        yield (
            one.id,
            part.stream_id,
            part.sensor_id,
            part.state.value,
            part.first_index,
            part.end_index,
            part.start_s,
            part.end_s,
            part.sampling_rate_hz,
            part.stored_samples,
            part.coverage,
            part.quarantined,
            part.detector_version,
            part.parameters_sha256,
        )


def _sets(one: SessionRecord) -> Iterator[Row]:
    parts = {part.stream_id: part for part in one.parts}
    for number, each in enumerate(one.sets, 1):
        yield (
            one.id,
            number,
            each.exercise,
            each.start_s,
            each.end_s,
            each.repetitions,
            len(each.holds_s),
            max(each.holds_s, default=None),
            each.is_removed,
            None if each.correction is None else each.correction.made_utc,
            *_detected(each, parts),
        )


def _detected(each: RecordedSet, parts: dict[str, Part]) -> Row:
    found = each.detected
    if found is None:
        return (None,) * 14
    part = parts[found.stream_id]
    return (
        found.exercise,
        found.told_live,
        found.start_s,
        found.end_s,
        len(found.repetitions),
        len(found.holds),
        found.confidence,
        found.coverage,
        found.closed,
        found.stream_id,
        found.start,
        found.end,
        part.detector_version,
        part.parameters_sha256,
    )


def _repetitions(one: SessionRecord) -> Iterator[Row]:
    for number, each in enumerate(one.sets, 1):
        for i, rep in enumerate(each.detected.repetitions if each.detected else (), 1):
            times = rep.start_s, rep.peak_s, rep.end_s
            yield one.id, number, i, *times, rep.range_deg, rep.confidence


def _holds(one: SessionRecord) -> Iterator[Row]:
    for number, each in enumerate(one.sets, 1):
        said = each.correction.holds_s if each.correction else None
        for i, hold in enumerate(each.detected.holds if each.detected else (), 1):
            counts = said is None and not each.is_removed
            yield one.id, number, i, "detected", counts, hold.start_s, hold.end_s, hold.duration_s
        for i, hold_s in enumerate(said or (), 1):
            yield one.id, number, i, "said", not each.is_removed, None, None, hold_s


def _deviations(one: SessionRecord) -> Iterator[Row]:
    for number, each in enumerate(one.sets, 1):
        if each.detected is not None:
            for span in each.detected.deviations:
                yield one.id, each.detected.stream_id, number, *_span(span)
    for part in one.parts:
        for span in part.deviations:
            yield one.id, part.stream_id, None, *_span(span)


def _span(one: DeviationSpan) -> Row:
    return one.kind, one.start_s, one.end_s, one.peak_deg


def _postures(one: SessionRecord) -> Iterator[Row]:
    for part in one.parts:
        for span in part.postures:
            yield one.id, part.stream_id, span.posture.value, span.start_s, span.end_s


def _gaps(one: SessionRecord) -> Iterator[Row]:
    for part in one.parts:
        for kind, spans_s in (("lost", part.gaps_s), ("deleted", part.erased_s)):
            for start_s, end_s in spans_s:
                yield one.id, part.stream_id, kind, start_s, end_s


def _pauses(one: SessionRecord) -> Iterator[Row]:
    for start_s, end_s in one.pauses_s:
        yield one.id, start_s, end_s


TABLES = (
    ResultTable(
        "sessions",
        {
            "session_id": "integer",
            "wearer_id": "integer",
            "wearer": "text",
            "time_zone": "text",
            "kind": "text",
            "started_utc": "instant",
            "ended_utc": "instant",
            "duration_s": "number",
            "paused_s": "number",
            "coverage": "number",
            "comfort_before": "integer",
            "comfort_during": "integer",
            "comfort_after": "integer",
            "effort": "integer",
            "note": "text",
            "version": "integer",
        },
        _session,
    ),
    ResultTable(
        "parts",
        {
            "session_id": "integer",
            "stream_id": "text",
            "sensor_id": "text",
            "state": "text",
            "first_index": "integer",
            "end_index": "integer",
            "start_s": "number",
            "end_s": "number",
            "sampling_rate_hz": "number",
            "stored_samples": "integer",
            "coverage": "number",
            "quarantined": "integer",
            "detector_version": "text",
            "parameters_sha256": "text",
        },
        _parts,
    ),
    ResultTable(
        "sets",
        {
            "session_id": "integer",
            "set": "integer",
            "exercise": "text",
            "start_s": "number",
            "end_s": "number",
            "repetitions": "integer",
            "holds": "integer",
            "longest_hold_s": "number",
            "removed": "boolean",
            "corrected_utc": "instant",
            "detected_exercise": "text",
            "told_live": "text",
            "detected_start_s": "number",
            "detected_end_s": "number",
            "detected_repetitions": "integer",
            "detected_holds": "integer",
            "confidence": "number",
            "coverage": "number",
            "closed": "boolean",
            "stream_id": "text",
            "start_index": "number",
            "end_index": "number",
            "detector_version": "text",
            "parameters_sha256": "text",
        },
        _sets,
    ),
    ResultTable(
        "repetitions",
        {
            "session_id": "integer",
            "set": "integer",
            "number": "integer",
            "start_s": "number",
            "peak_s": "number",
            "end_s": "number",
            "range_deg": "number",
            "confidence": "number",
        },
        _repetitions,
    ),
    ResultTable(
        "holds",
        {
            "session_id": "integer",
            "set": "integer",
            "number": "integer",
            "source": "text",
            "counts": "boolean",
            "start_s": "number",
            "end_s": "number",
            "duration_s": "number",
        },
        _holds,
    ),
    ResultTable(
        "deviations",
        {
            "session_id": "integer",
            "stream_id": "text",
            "set": "integer",
            "kind": "text",
            "start_s": "number",
            "end_s": "number",
            "peak_deg": "number",
        },
        _deviations,
    ),
    ResultTable(
        "postures",
        {
            "session_id": "integer",
            "stream_id": "text",
            "posture": "text",
            "start_s": "number",
            "end_s": "number",
        },
        _postures,
    ),
    ResultTable(
        "gaps",
        {
            "session_id": "integer",
            "stream_id": "text",
            "kind": "text",
            "start_s": "number",
            "end_s": "number",
        },
        _gaps,
    ),
    ResultTable(
        "pauses", {"session_id": "integer", "start_s": "number", "end_s": "number"}, _pauses
    ),
)
