"""Imported samples and what was found in them; what is here already stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from lumbar_gateway.messages import IndexRanges
from lumbar_server.errors import ConflictError
from lumbar_server.exports import document
from lumbar_server.following import note_streams
from lumbar_server.imports.contents import Contents
from lumbar_server.intake import contradicts
from lumbar_server.store import incoming, outgoing, results, samples, streams
from lumbar_server.store.outgoing import Stretch
from lumbar_server.store.results import Findings
from lumbar_server.store.samples import Run
from lumbar_server.store.sources import Source
from lumbar_server.store.streams import StreamRecord
from lumbar_signal.events import (
    Deviation,
    ExerciseSet,
    Hold,
    PostureInterval,
    Repetition,
)


@dataclass(frozen=True, slots=True)
class _Merge:
    """A stream before and after; ``before`` is None where it is new."""

    before: StreamRecord | None
    after: StreamRecord
    is_as_in_file: bool  # nothing is stored of it that is not in the file

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def has_new_samples(self) -> bool:
        return self.before is None or self.before.stored != self.after.stored


class StreamImport:
    """The streams of a file, into one transaction."""

    def __init__(self, connection: Connection, contents: Contents, now_utc: datetime) -> None:
        self._connection = connection
        self._contents = contents
        self._now_utc = now_utc
        self.done: Counter[str] = Counter()
        self.newer: set[str] = set()  # streams that are now as in the file, and were not

    def run(self) -> None:
        """Store what is missing; raises ``ConflictError`` where something contradicts."""
        merges = dict(self._merges())
        changed = [one.after for one in merges.values() if one.is_changed]
        streams.write(self._connection, changed, self._now_utc)
        dated = [one for one in changed if one.started_utc is not None]
        note_streams(self._connection, dated, self._now_utc)
        self.done["streams"] = sum(one.before is None for one in merges.values())
        self._bring_samples(merges)
        self._bring_analyses(merges)

    def _merges(self) -> Iterator[tuple[str, _Merge]]:
        here = streams.read(self._connection, self._contents.streams)
        for stream_id, brought in self._contents.streams.items():
            before = here.get(stream_id)
            if before is None:
                yield stream_id, _Merge(None, brought, is_as_in_file=True)
            else:
                yield stream_id, _merged(before, brought)

    def _bring_samples(self, merges: Mapping[str, _Merge]) -> None:
        for item in self._contents.items("samples", document.Samples):
            merge = merges[item.stream_id]
            form = merge.after.sample_format
            assert form is not None  # the file was checked
            found = _stretch(item, form.channels)
            if merge.before is not None and merge.before.erased:
                continue
            has = merge.before.stored if merge.before else IndexRanges()
            for first, end in has.overlap(found.first_index, found.end_index):
                self._compare(
                    item.stream_id, form.channels, Run(first, found.cut(first, end).samples)
                )
            new = [
                found.cut(first, end)
                for first, end in has.missing(found.first_index, found.end_index)
            ]
            incoming.add_samples(self._connection, item.stream_id, new)
            self.done["samples"] += sum(len(one.samples) for one in new)

    def _compare(self, stream_id: str, channels: int, run: Run) -> None:
        here = samples.read(self._connection, stream_id, channels, run.first_index, run.end_index)
        if contradicts(here, run):
            raise ConflictError(
                f"stream {stream_id}: samples {run.first_index} to {run.end_index} are others in "
                "the file than here: nothing was imported; delete that stream's samples on the "
                "side that is not to be kept"
            )

    def _bring_analyses(self, merges: Mapping[str, _Merge]) -> None:
        wanted = set()
        for stream_id, merge in merges.items():
            known = outgoing.analyses(self._connection, stream_id)
            if merge.has_new_samples:
                for row in known:
                    version, parameters = row.detector_version, row.parameters_sha256
                    results.discard(self._connection, stream_id, version, parameters)
            if (merge.has_new_samples or not known) and merge.is_as_in_file:
                wanted.add(stream_id)  # of any other the worker makes one
        self.newer = wanted
        for item in self._contents.items("analyses", document.Analysis):
            if item.stream_id in wanted:
                key = item.stream_id, item.detector_version, item.parameters_sha256
                analysis_id = results.open_analysis(self._connection, *key)
                changes = results.Changes()
                changes.add(analysis_id, Findings(), _findings(item))
                if item.calibration is not None:
                    changes.calibrate(analysis_id, item.calibration)
                changes.write(self._connection)


def _merged(before: StreamRecord, brought: StreamRecord) -> _Merge:
    if before.sensor_id != brought.sensor_id:
        raise ConflictError(
            f"stream {before.stream_id} is of sensor {brought.sensor_id} in the file, here of "
            f"{before.sensor_id}: one of them was made up; nothing was imported"
        )
    forms = before.sample_format, brought.sample_format
    if None not in forms and forms[0] != forms[1]:
        raise ConflictError(
            f"stream {before.stream_id} has another rate or scale in the file than here: nothing "
            "was imported; delete that stream's samples on the side that is not to be kept"
        )
    if before.erased:  # deleted on purpose: that stream stays as it is
        return _Merge(before, before, is_as_in_file=False)
    after = before.fork()
    after.stored.update(brought.kept)
    after.lost.update(brought.lost)
    for start, end in after.stored:
        after.lost.remove(start, end)
    is_as_in_file = after.stored == brought.kept
    ends = [end for end in (before.end_index, brought.end_index) if end is not None]
    is_newer = is_as_in_file and after.stored != before.stored
    return _Merge(
        before,
        replace(
            after,
            sample_format=forms[0] or forms[1],
            clock=brought.clock if before.clock is None or is_newer else before.clock,
            end_index=max(ends, default=None),
        ),
        is_as_in_file,
    )


def _stretch(item: document.Samples, channels: int) -> Stretch:
    counts = np.frombuffer(item.int16, "<i2").reshape(-1, channels)
    return Stretch(
        item.first_index,
        counts.astype(np.int16, copy=False),
        tuple(
            Source(
                source.n,
                source.live,
                None if source.gateway_boot is None else int(source.gateway_boot, 16),
                source.packets,
            )
            for source in item.sources
        ),
    )


def _findings(item: document.Analysis) -> Findings:
    return Findings(
        tuple(_set(one) for one in item.sets),
        tuple(PostureInterval(**dict(one)) for one in item.postures),
        tuple(Deviation(**dict(one)) for one in item.deviations),
    )


def _set(one: document.FoundSet) -> ExerciseSet:
    parts = {
        "repetitions": tuple(Repetition(**dict(each)) for each in one.repetitions),
        "holds": tuple(Hold(**dict(each)) for each in one.holds),
        "deviations": tuple(Deviation(**dict(each)) for each in one.deviations),
    }
    return ExerciseSet(**dict(one) | parts)
