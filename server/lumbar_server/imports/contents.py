"""What is in a file, checked from beginning to end before anything of it is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar

from pydantic import ValidationError

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import ClockFit, ClockSource, IndexRanges
from lumbar_server.errors import BadRequestError
from lumbar_server.exports import document
from lumbar_server.exports.items import Item
from lumbar_server.imports.reader import read_items
from lumbar_server.store.sources import OBSERVATION
from lumbar_server.store.streams import SampleFormat, StreamRecord

I = TypeVar("I", bound=Item)  # noqa: E741 (an item)


@dataclass(slots=True)
class Contents:
    """A file, and all of it that is small enough to be kept in mind."""

    file: BinaryIO
    wearers: dict[str, document.Wearer] = field(default_factory=dict)
    sensors: dict[str, document.Sensor] = field(default_factory=dict)
    assignments: list[document.Assignment] = field(default_factory=list)
    gateway_runs: list[document.GatewayRun] = field(default_factory=list)
    streams: dict[str, StreamRecord] = field(default_factory=dict)

    def items(self, name: str, kind: type[I]) -> Iterator[I]:
        """Read the items of one list, in order."""
        for found, text in read_items(self.file):
            if found == name:
                yield _item(name, kind, text)


def read_contents(file: BinaryIO) -> Contents:
    """Check a whole file; raises ``BadRequestError`` where it is not complete and sound."""
    _check_head(file)
    contents = Contents(file)
    for wearer in contents.items("wearers", document.Wearer):
        contents.wearers[wearer.name] = wearer
        settings = wearer.programme
        if settings is not None and settings.amber_from >= settings.red_from:
            raise _bad(f"wearer {wearer.name}", "amber_from is not below red_from")
    if sum(one.is_first for one in contents.wearers.values()) > 1:
        raise _bad("wearers", "more than one is the first")
    for sensor in contents.items("sensors", document.Sensor):
        contents.sensors[sensor.sensor_id] = sensor
    contents.assignments = list(contents.items("assignments", document.Assignment))
    contents.gateway_runs = list(contents.items("gateway_runs", document.GatewayRun))
    for run in contents.gateway_runs:
        if int(run.gateway_boot, 16) >= 2**63:
            raise _bad("gateway_runs", "gateway_boot is below 2^63")
    for stream in contents.items("streams", document.Stream):
        contents.streams[stream.stream_id] = _record(contents, stream)
    _check_assignments(contents)
    _check_samples(contents)
    _check_analyses(contents)
    _check_sessions(contents)
    return contents


def _check_head(file: BinaryIO) -> None:
    """Look at the first value, and that every list is there."""
    names: set[str] = set()
    for name, text in read_items(file):
        if name == "schema" and json.loads(text) != document.SCHEMA:
            raise BadRequestError(
                f"schema is {text[:40]}: this version of lumbar reads {document.SCHEMA}; "
                "import it with the version that wrote it, or a newer one"
            )
        if not names and name != "schema":
            raise BadRequestError(f"choose a {document.SCHEMA} file, as lumbar exports it as JSON")
        names.add(name)
    unknown = names - document.LISTS.keys() - {"schema", "written_by", "written_utc"}
    if unknown:
        raise _bad(min(unknown), f"not in {document.SCHEMA}")


def _item(name: str, kind: type[I], text: str) -> I:
    try:
        return kind.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _bad(f"{name} {where}".strip(), first["msg"]) from None


def _bad(where: str, what: str) -> BadRequestError:
    return BadRequestError(f"{where}: {what}: export it again")


def _record(contents: Contents, one: document.Stream) -> StreamRecord:
    where = f"stream {one.stream_id}"
    if one.sensor_id not in contents.sensors:
        raise _bad(where, f"sensor {one.sensor_id} is not among the sensors")
    if (one.format is None) != (one.clock is None) or (one.stored and one.format is None):
        raise _bad(where, "samples need both format and clock")
    try:
        stored, lost, erased, forgotten = (
            IndexRanges((start, end) for start, end in pairs)
            for pairs in (one.stored, one.lost, one.erased, one.forgotten)
        )
    except MessageError as error:
        raise _bad(where, str(error)) from None
    for start, end in stored:
        lost.remove(start, end)
    return StreamRecord(
        stream_id=one.stream_id,
        sensor_id=one.sensor_id,
        sample_format=None if one.format is None else SampleFormat(**one.format.model_dump()),
        clock=None if one.clock is None else _clock(one.clock),
        stored=stored,
        lost=lost,
        erased=erased,
        forgotten=forgotten,
        end_index=one.end_index,
        quarantined=one.quarantined,
    )


def _clock(one: document.Clock) -> ClockFit:
    source = ClockSource[one.source.upper()]
    return ClockFit(one.wall_at_zero_s, one.wall_s_per_sample, source, one.observed_s)


def _check_assignments(contents: Contents) -> None:
    for one in contents.assignments:
        if one.sensor_id not in contents.sensors or one.wearer not in contents.wearers:
            raise _bad("assignments", f"{one.sensor_id} or {one.wearer} is not in the file")
        if one.until_utc is not None and one.until_utc < one.from_utc:
            raise _bad("assignments", "until_utc is before from_utc")


def _check_samples(contents: Contents) -> None:
    """See that the samples are those that the streams say, each once."""
    kept = {stream_id: one.kept for stream_id, one in contents.streams.items()}
    seen = {stream_id: IndexRanges() for stream_id in contents.streams}
    for one in contents.items("samples", document.Samples):
        where = f"samples of stream {one.stream_id} at {one.first_index}"
        stream, end = contents.streams.get(one.stream_id), one.first_index + one.n
        if stream is None or not kept[one.stream_id].covers(one.first_index, end):
            raise _bad(where, "not among what the stream has")
        if seen[one.stream_id].overlap(one.first_index, end):
            raise _bad(where, "there twice")
        seen[one.stream_id].add(one.first_index, end)
        assert stream.sample_format is not None  # checked with the stream
        if len(one.int16) != one.n * stream.sample_format.channels * 2:
            raise _bad(where, f"not {one.n} rows")
        if sum(source.n for source in one.sources) != one.n:
            raise _bad(where, "the sources do not add up")
        for source in one.sources:
            timed = source.gateway_boot is not None
            if timed and len(source.packets) % OBSERVATION.itemsize:
                raise _bad(where, "packets are cut off")
            if source.gateway_boot is not None and int(source.gateway_boot, 16) >= 2**63:
                raise _bad(where, "gateway_boot is below 2^63")
    for stream_id, ranges in seen.items():
        if ranges != kept[stream_id]:
            raise _bad(f"stream {stream_id}", "some of its samples are missing")


def _check_analyses(contents: Contents) -> None:
    seen = set()
    for one in contents.items("analyses", document.Analysis):
        key = one.stream_id, one.detector_version, one.parameters_sha256
        if key in seen:
            raise _bad(f"analyses of stream {one.stream_id}", "one detector's are there twice")
        seen.add(key)
        stream = contents.streams.get(one.stream_id)
        if stream is None or stream.clock is None:
            raise _bad("analyses", f"stream {one.stream_id} has no samples in the file")
        spans: list[Any] = [*one.sets, *one.postures, *one.deviations]
        for found in one.sets:
            spans += [*found.repetitions, *found.holds, *found.deviations]
        for span in spans:
            if span.end < span.start:
                raise _bad(f"analyses of stream {one.stream_id}", "something ends before it begins")


def _check_sessions(contents: Contents) -> None:
    for one in contents.items("sessions", document.Session):
        where = f"session of {one.started_utc.isoformat()}"
        if one.wearer not in contents.wearers:
            raise _bad(where, f"{one.wearer} is not among the wearers")
        if one.ended_utc is not None and one.ended_utc < one.started_utc:
            raise _bad(where, "it ends before it begins")
        streams = [part.stream_id for part in one.parts]
        if len(set(streams)) < len(streams) or not contents.streams.keys() >= set(streams):
            raise _bad(where, "needs each stream once, and in the file")
        for part in one.parts:
            if part.end_index is not None and part.end_index < part.first_index:
                raise _bad(where, "a part ends before it begins")
        _check_programme(where, one)
        for said in one.corrections:
            if said.start_s is not None and said.end_s is not None and said.end_s < said.start_s:
                raise _bad(where, "a corrected set ends before it begins")
            if said.stream_id is None and None in (said.exercise, said.start_s, said.end_s):
                raise _bad(where, "a set that nothing was seen of needs exercise and times")
            if said.stream_id is not None and said.stream_id not in contents.streams:
                raise _bad(where, f"stream {said.stream_id} of a correction is not in the file")


def _check_programme(where: str, one: document.Session) -> None:
    if one.blocks and one.prescription is None:
        raise _bad(where, "it has blocks, and no prescription that they are of")
    for block in one.blocks:
        assert one.prescription is not None
        if block.line >= len(one.prescription.lines):
            raise _bad(where, "a block is of a line that was not set out")
        if block.ended_utc is not None and block.ended_utc < block.begun_utc:
            raise _bad(where, "a block ends before it begins")
