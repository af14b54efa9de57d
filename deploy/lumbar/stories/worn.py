"""A simulated session as its sensor measured it, and as a gateway publishes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar.stories.doing import Doing
from lumbar_gateway.messages import (
    ClockFit,
    ClockSource,
    PacketStamp,
    SampleBatch,
    StreamEnd,
    Topic,
)
from lumbar_server.ingest import Arrived
from lumbar_sim.activities import Activity, Bows, Rest, Walk
from lumbar_sim.body import Stance
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import Programme
from lumbar_sim.truth import TrueSet
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import simulate

RATE_HZ = 50.0
BATCH = 500
FIT_S = 3600.0  # over how long the gateway's clock fit was observed
BEFORE_A_LINE_S = 4.0  # somebody gets into place while the voice says what comes
AFTER_A_LINE_S = 3.0


@dataclass(frozen=True, slots=True)
class WornLine:
    """When a line of the plan was under way, in seconds of the recording, and what was done."""

    start_s: float
    end_s: float
    sets: tuple[TrueSet, ...]
    repetitions: tuple[int, ...]  # of each set, as its wearer counted


@dataclass(frozen=True)
class Recording:
    """One stream, from putting the sensor on to taking it off."""

    sensor_id: str
    stream_id: int
    started_s: float  # wall time of sample 0, as it truly was
    counts: NDArray[np.int16]
    g_per_step: float
    lines: tuple[WornLine, ...]

    @property
    def duration_s(self) -> float:
        """How long it is."""
        return len(self.counts) / RATE_HZ

    def arrived(
        self, from_s: float, until_s: float, *, live: bool = True, ahead_s: float = 0.0
    ) -> list[Arrived]:
        """Return the messages of a stretch, from a gateway whose clock may be ahead."""
        first, end = (min(round(t * RATE_HZ), len(self.counts)) for t in (from_s, until_s))
        return [
            Arrived(self._topic, bytes(self._batch(start, min(start + BATCH, end), live, ahead_s)))
            for start in range(first, end, BATCH)
        ]

    def ended(self) -> Arrived:
        """Return the message that closes the stream."""
        return Arrived(self._topic, bytes(StreamEnd(self.stream_id, len(self.counts))))

    @property
    def _topic(self) -> str:
        return str(Topic(self.sensor_id, "samples/gateway-1"))

    def _batch(self, first: int, end: int, live: bool, ahead_s: float) -> SampleBatch:
        wall_s = self.started_s + ahead_s
        arrival_s = end / RATE_HZ if live else None
        stamp = PacketStamp(end - first, round(first * 32768 / RATE_HZ), arrival_s)
        return SampleBatch(
            stream_id=self.stream_id,
            first_index=first,
            samples=self.counts[first:end],
            packets=(stamp,),
            gateway_boot=self.stream_id,
            wall_offset_s=wall_s,
            live=live,
            sampling_rate_hz=RATE_HZ,
            g_per_step=self.g_per_step,
            dps_per_step=0.0,
            fit=ClockFit(wall_s, 1 / RATE_HZ, ClockSource.OBSERVED, FIT_S),
        )


def record(
    lines: Sequence[Sequence[Doing]],
    *,
    sensor_id: str,
    stream_id: int,
    started_s: float,
    wearer: Wearer,
    placement: Placement,
    rng: np.random.Generator,
) -> Recording:
    """Let a wearer do what each line says, after the bows by which the sensor learns its place."""
    activities: list[Activity] = list(_arrival())
    for line in lines:
        for doing in line:
            activities += [doing.activity, doing.rest]
    activities.append(Rest(Stance.STANDING, 6.0))
    workout = simulate(
        Programme(tuple(activities)),
        wearer=wearer,
        placement=placement,
        imu=Imu(gyro=False),
        sampling_rate_hz=RATE_HZ,
        rng=rng,
    )
    measured = workout.measurement
    return Recording(
        sensor_id,
        stream_id,
        started_s,
        measured.counts,
        measured.g_per_step,
        tuple(_worn(lines, workout.truth.sets)),
    )


def _arrival() -> Iterator[Activity]:
    yield Rest(Stance.STANDING, 6.0)
    yield Bows(3, 50.0, 2.8)
    yield Walk(10.0, 1.7, 5.0)
    yield Rest(Stance.STANDING, 3.0)


def _worn(lines: Sequence[Sequence[Doing]], sets: Sequence[TrueSet]) -> Iterator[WornLine]:
    """Find each line's sets again: every activity made one, in order."""
    at = 0
    for line in lines:
        mine = tuple(sets[at : at + len(line)])
        at += len(line)
        yield WornLine(
            mine[0].start_s - BEFORE_A_LINE_S,
            mine[-1].end_s + AFTER_A_LINE_S,
            mine,
            tuple(one.repetitions for one in line),
        )
