"""What wearers say of their sets as labels: a ``lumbar.truth/1`` object for each stream, a line.

``lumbar score`` holds an analysis of the same stream against it. Only streams of sessions with a
correction are there: of others nobody has looked at what was found.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lumbar_server.exports.selection import Selection, records
from lumbar_server.record import Part, RecordedSet, SessionRecord
from lumbar_server.simulated import is_simulated
from lumbar_server.store import stream_listing

_FACTORS = ("body", "style", "placement", "hardware")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Label:
    """A set in the time of a trace."""

    start_s: float
    end_s: float
    is_said: bool
    document: Document

    def overlaps(self, other: _Label) -> bool:
        return self.start_s < other.end_s and other.start_s < self.end_s


def export_labels(connection: Connection, wanted: Selection) -> Iterator[bytes]:
    """Yield a line for each stream; times are those of ``lumbar export --stream``."""
    about = {
        part.stream_id: (one, part)
        for one in records(connection, wanted)
        if any(each.correction for each in one.sets)
        for part in one.parts
    }
    labels: dict[str, list[_Label]] = {stream_id: [] for stream_id in about}
    for one in records(connection, wanted):
        for part, each in _placed(one):
            if part.stream_id in labels:
                labels[part.stream_id].append(_label(part, each))
    for stream_id, found in sorted(labels.items()):
        stream = stream_listing.one(connection, stream_id)
        document = _document(*about[stream_id], stream, found)
        yield json.dumps(document, allow_nan=False).encode() + b"\n"


def _placed(one: SessionRecord) -> Iterator[tuple[Part, RecordedSet]]:
    """Yield each set that counts with the part of the session that it was in."""
    for each in one.done:
        middle_s = (each.start_s + each.end_s) / 2
        stream_id = each.detected.stream_id if each.detected else None
        for part in one.parts:
            if part.stream_id == stream_id or (
                stream_id is None and part.start_s <= middle_s < part.end_s
            ):
                yield part, each
                break


def _label(part: Part, each: RecordedSet) -> _Label:
    def t_s(session_s: float) -> float:
        return round(part.time.index(session_s) / part.sampling_rate_hz, 4)

    start_s = t_s(each.start_s)
    end_s = max(start_s, t_s(each.end_s))  # one of them may have been corrected
    is_counted = each.detected is not None and len(each.detected.repetitions) == each.repetitions
    document = {
        "exercise": each.exercise,
        "start_s": start_s,
        "end_s": end_s,
        "repetitions": [],
        "holds": _holds(each, t_s),
        "deviations": [],
        "said": each.correction is not None,
        "spaced": not is_counted and each.repetitions > 0,
    }
    if is_counted and each.detected is not None:
        document["repetitions"] = [
            {
                "start_s": t_s(rep.start_s),
                "peak_s": t_s(rep.peak_s),
                "end_s": t_s(rep.end_s),
                "range_deg": rep.range_deg,
            }
            for rep in each.detected.repetitions
        ]
    else:
        document["repetitions"] = _spaced(each, start_s, end_s)
    return _Label(start_s, end_s, each.correction is not None, document)


def _spaced(each: RecordedSet, start_s: float, end_s: float) -> list[Document]:
    """Return as many repetitions as the wearer says, evenly: when each was nobody knows."""
    found = each.detected.repetitions if each.detected else ()
    range_deg = statistics.median(rep.range_deg for rep in found) if found else 0.0
    step_s = (end_s - start_s) / max(1, each.repetitions)
    return [
        {
            "start_s": round(start_s + i * step_s, 4),
            "peak_s": round(start_s + (i + 0.5) * step_s, 4),
            "end_s": round(start_s + (i + 1) * step_s, 4),
            "range_deg": range_deg,
        }
        for i in range(each.repetitions)
    ]


def _holds(each: RecordedSet, t_s: Any) -> list[Document]:
    """Return the holds; those that were only said follow one another."""
    if each.correction is None or each.correction.holds_s is None:
        return [
            {
                "start_s": t_s(one.start_s),
                "end_s": t_s(one.end_s),
                "duration_s": round(t_s(one.end_s) - t_s(one.start_s), 4),
            }
            for one in (each.detected.holds if each.detected else ())
        ]
    found, at_s = [], each.start_s
    for hold_s in each.holds_s:
        start_s, end_s = t_s(at_s), t_s(at_s + hold_s)
        found.append({"start_s": start_s, "end_s": end_s, "duration_s": round(end_s - start_s, 4)})
        at_s += hold_s
    return found


def _document(one: SessionRecord, part: Part, stream: Any, found: list[_Label]) -> Document:
    kept, left_out = _apart(found)
    rate_hz = part.sampling_rate_hz
    end = max(end for _, end in stream.stored)
    return {
        "schema": "lumbar.truth/1",
        "trace": f"{part.stream_id}.csv",
        "simulated": is_simulated(part.sensor_id),
        "families": {factor: {"name": "recorded", "purpose": "development"} for factor in _FACTORS},
        "body_id": f"wearer-{one.wearer_id}",
        "recording": {
            "samples": sum(end - start for start, end in stream.stored),
            "sampling_rate_hz": rate_hz,
            "duration_s": end / rate_hz,
            "gaps": [
                {"start_s": max(0, start - 1) / rate_hz, "end_s": end / rate_hz}
                for start, end in stream.lost
            ],
        },
        "sets": [label.document for label in kept],
        "left_out": [label.document for label in left_out],
        "everyday": [],
        "postures": [],
    }


def _apart(found: list[_Label]) -> tuple[list[_Label], list[_Label]]:
    """Part the sets from those that overlap one: what was said goes before what was detected."""
    kept: list[_Label] = []
    left_out: list[_Label] = []
    for label in sorted(found, key=lambda each: (not each.is_said, each.start_s)):
        is_free = not any(label.overlaps(other) for other in kept)
        (kept if is_free else left_out).append(label)
    return sorted(kept, key=lambda each: each.start_s), left_out
