"""The whole record as ``lumbar.record/1``: nothing left out, so that it can move elsewhere."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection

from lumbar_gateway.messages import ClockFit
from lumbar_server.exports import document
from lumbar_server.exports.items import Item
from lumbar_server.exports.programme_json import of_session, of_wearer
from lumbar_server.exports.selection import (
    SelectedStream,
    Selection,
    rows,
    selected_streams,
)
from lumbar_server.record import RecordedSet
from lumbar_server.store import corrections, outgoing, record, results, sessions, wearers
from lumbar_server.store.outgoing import AnalysisRow, Stretch
from lumbar_server.store.results import Findings
from lumbar_server.store.sessions import SessionKind, SessionRow
from lumbar_server.store.streams import StreamRecord
from lumbar_server.store.wearers import FIRST_WEARER, WearerRow
from lumbar_signal.events import Exercise


def export_json(connection: Connection, wanted: Selection, now_utc: datetime) -> Iterator[bytes]:
    """Yield the document, an item of a list a line."""
    head = {
        "schema": document.SCHEMA,
        "written_by": f"lumbar {version('lumbar')}",
        "written_utc": now_utc.isoformat(),
    }
    yield json.dumps(head)[:-1].encode()
    for name, items in _Record(connection, wanted).lists().items():
        yield f',\n"{name}": ['.encode()
        for number, item in enumerate(items):
            yield (b",\n" if number else b"\n") + item.model_dump_json().encode()
        yield b"\n]"
    yield b"\n}\n"


class _Record:
    """Everything that is selected, as items of the document."""

    def __init__(self, connection: Connection, wanted: Selection) -> None:
        self._connection = connection
        self._wanted = wanted
        self._sessions = rows(connection, wanted)
        self._streams = selected_streams(connection, wanted)
        self._wearers = {one.id: one for one in self._selected_wearers()}
        heard = {one.record.sensor_id for one in self._streams}
        known = outgoing.sensors(connection)
        self._sensors = {
            sensor_id: seen_utc
            for sensor_id, seen_utc in known.items()
            if sensor_id in heard or wanted == Selection()
        }

    def lists(self) -> dict[str, Iterable[Item]]:
        return {
            "wearers": map(self._wearer, self._wearers.values()),
            "sensors": self._sensor_items(),
            "assignments": self._assignments(),
            "gateway_runs": self._gateway_runs(),
            "streams": map(_stream, self._streams),
            "analyses": self._analyses(),
            "sessions": map(self._session, self._sessions),
            "samples": self._samples(),
        }

    def _selected_wearers(self) -> list[WearerRow]:
        everybody = wearers.listed(self._connection)
        if self._wanted == Selection():
            return everybody
        theirs = {row.wearer_id for row in self._sessions} | {self._wanted.wearer_id}
        return [one for one in everybody if one.id in theirs]

    def _wearer(self, one: WearerRow) -> document.Wearer:
        is_whole = self._wanted.session_id is None
        return document.Wearer(
            name=one.name,
            time_zone=one.time_zone,
            quiet_s=one.quiet_s,
            is_first=one.id == FIRST_WEARER,
            created_utc=one.created_utc,
            **(of_wearer(self._connection, one.id) if is_whole else {}),
        )

    def _sensor_items(self) -> Iterator[document.Sensor]:
        for sensor_id, seen_utc in self._sensors.items():
            yield document.Sensor(sensor_id=sensor_id, first_seen_utc=seen_utc)

    def _assignments(self) -> Iterator[document.Assignment]:
        for one in wearers.assignments(self._connection):
            if one.sensor_id in self._sensors and one.wearer_id in self._wearers:
                yield document.Assignment(
                    sensor_id=one.sensor_id,
                    wearer=self._wearers[one.wearer_id].name,
                    from_utc=one.from_utc,
                    until_utc=one.until_utc,
                )

    def _gateway_runs(self) -> Iterator[document.GatewayRun]:
        for boot, offset_s in outgoing.wall_offsets_s(self._connection).items():
            yield document.GatewayRun(gateway_boot=f"{boot:016x}", wall_offset_s=offset_s)

    def _analyses(self) -> Iterator[document.Analysis]:
        for selected in self._streams:
            for row in outgoing.analyses(self._connection, selected.record.stream_id):
                found = results.read(self._connection, row.id)
                yield _analysis(selected, row, found)

    def _session(self, row: SessionRow) -> document.Session:
        shown = record.of(self._connection, row)
        return document.Session(
            wearer=self._wearers[row.wearer_id].name,
            kind=SessionKind(row.kind).value,
            started_utc=row.started_utc,
            ended_utc=row.ended_utc,
            pauses=[(_s(start_s), end_s) for start_s, end_s in row.pauses],
            comfort_before=row.comfort_before,
            comfort_during=row.comfort_during,
            comfort_after=row.comfort_after,
            effort=row.effort,
            note=row.note,
            discarded=row.discarded,
            version=row.version,
            parts=self._parts(row),
            corrections=self._corrections(row),
            **of_session(self._connection, row.id),
            coverage=shown.coverage,
            sets=[_shown(one) for one in shown.sets],
        )

    def _parts(self, row: SessionRow) -> list[document.Part]:
        known = {one.record.stream_id for one in self._streams}
        return [
            document.Part(
                stream_id=part.stream_id, first_index=part.first_index, end_index=part.end_index
            )
            for part in sessions.parts_of(self._connection, [row.id])
            if part.stream_id in known
        ]

    def _corrections(self, row: SessionRow) -> list[document.Correction]:
        names = document.Correction.model_fields
        said = corrections.of_session(self._connection, row.id)
        return [
            document.Correction.model_validate({name: getattr(one, name) for name in names})
            for one in said
        ]

    def _samples(self) -> Iterator[document.Samples]:
        for selected in self._streams:
            one = selected.record
            channels = one.sample_format.channels if one.sample_format else 0
            for first, end in selected.kept if channels else ():
                found = outgoing.stretches(self._connection, one.stream_id, channels, first, end)
                for stretch in found:
                    yield _stretch(one, stretch)


def _s(t_s: float | None) -> float:
    assert t_s is not None  # a pause always has a start
    return t_s


def _stream(selected: SelectedStream) -> document.Stream:
    one = selected.cut()
    form, clock = one.sample_format, one.clock
    return document.Stream(
        stream_id=one.stream_id,
        sensor_id=one.sensor_id,
        format=None if form is None else document.Format.model_validate(asdict(form)),
        clock=None if clock is None else _clock(clock),
        stored=[list(pair) for pair in one.stored],
        lost=[list(pair) for pair in one.lost],
        erased=[list(pair) for pair in one.erased],
        forgotten=[list(pair) for pair in one.forgotten],
        end_index=one.end_index,
        quarantined=one.quarantined,
        state=one.state,
        started_utc=one.started_utc,
        ended_utc=one.ended_utc,
    )


def _clock(clock: ClockFit) -> document.Clock:
    plain = asdict(clock) | {"source": clock.source.name.lower()}
    return document.Clock.model_validate(plain)


def _analysis(selected: SelectedStream, row: AnalysisRow, found: Findings) -> document.Analysis:
    def is_mine(start: float, end: float) -> bool:
        return any(start < last and first < end for first, last in selected.stretches)

    def touched(all_of_them: Sequence[Any]) -> list[dict[str, Any]]:
        whole = selected.is_whole
        return [asdict(one) for one in all_of_them if whole or is_mine(one.start, one.end)]

    return document.Analysis.model_validate(
        {
            "stream_id": selected.record.stream_id,
            "detector_version": row.detector_version,
            "parameters_sha256": row.parameters_sha256,
            "calibration": row.calibration,
            "sets": touched(found.sets),
            "postures": touched(found.postures),
            "deviations": touched(found.deviations),
        }
    )


def _shown(one: RecordedSet) -> document.ShownSet:
    found = one.detected
    return document.ShownSet(
        exercise=Exercise(one.exercise),
        start_s=one.start_s,
        end_s=one.end_s,
        repetitions=one.repetitions,
        holds_s=list(one.holds_s),
        removed=one.is_removed,
        corrected=one.correction is not None,
        stream_id=found.stream_id if found else None,
        confidence=found.confidence if found else None,
        coverage=found.coverage if found else None,
    )


def _stretch(one: StreamRecord, stretch: Stretch) -> document.Samples:
    return document.Samples(
        stream_id=one.stream_id,
        first_index=stretch.first_index,
        n=len(stretch.samples),
        int16=b64encode(stretch.samples.astype("<i2", copy=False).tobytes()),
        sources=[
            document.Source(
                n=source.n,
                live=source.live,
                gateway_boot=None if source.gateway_boot is None else f"{source.gateway_boot:016x}",
                packets=b64encode(source.packets),
            )
            for source in stretch.sources
        ],
    )
