"""A week of simulated workouts, as gateways would publish them, with what was truly done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.messages import (
    ClockFit,
    ClockSource,
    PacketStamp,
    SampleBatch,
    StreamEnd,
    Topic,
)
from lumbar_server.ingest import Arrived, Ingest
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import demo_programme
from lumbar_sim.truth import TrueSet
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import SimulatedWorkout, simulate

SENSOR_ID = "SIM-3F2A91C0"
MONDAY_UTC = datetime(2026, 3, 23, 17, 30, tzinfo=UTC)  # Vienna's clocks go forward on the Sunday
DURATIONS_S = (60.0, 75.0, 90.0, 105.0, 120.0, 135.0, 150.0)
RATE_HZ = 50.0
BATCH = 100
PLACEMENT = Placement(tilt_x_deg=-4.0, tilt_y_deg=7.0, tilt_z_deg=5.0)


@dataclass(frozen=True)
class Day:
    """One workout."""

    number: int
    started_utc: datetime  # of sample 0
    workout: SimulatedWorkout

    @property
    def stream_id(self) -> int:
        """The stream it was measured in."""
        return 0x5EED000000000000 + self.number

    @property
    def counts(self) -> NDArray[np.int16]:
        """What the converter delivered, (n, 3)."""
        return self.workout.measurement.counts

    @property
    def sets(self) -> tuple[TrueSet, ...]:
        """What was truly done."""
        return self.workout.truth.sets

    def messages(self) -> Iterator[Arrived]:
        """Yield the whole stream as its gateway publishes it."""
        topic = str(Topic(SENSOR_ID, "samples/gateway-1"))
        for first in range(0, len(self.counts), BATCH):
            yield Arrived(topic, bytes(self._batch(first, self.counts[first : first + BATCH])))
        yield Arrived(topic, bytes(StreamEnd(self.stream_id, len(self.counts))))

    def _batch(self, first: int, samples: NDArray[np.int16]) -> SampleBatch:
        measurement = self.workout.measurement
        started_s = self.started_utc.timestamp()
        arrival_s = (first + len(samples)) / RATE_HZ
        stamp = PacketStamp(len(samples), round(first * 32768 / RATE_HZ), arrival_s)
        return SampleBatch(
            stream_id=self.stream_id,
            first_index=first,
            samples=samples,
            packets=(stamp,),
            gateway_boot=0xDA7E0000 + self.number,
            wall_offset_s=started_s,
            live=True,
            sampling_rate_hz=RATE_HZ,
            g_per_step=measurement.g_per_step,
            dps_per_step=measurement.dps_per_step,
            fit=ClockFit(started_s, 1 / RATE_HZ, ClockSource.OBSERVED, 3600.0),
        )


def week() -> list[Day]:
    """Return a workout a day, each a little longer; the same every time."""
    return [
        Day(number, MONDAY_UTC + timedelta(days=number), _worked_out(number, duration_s))
        for number, duration_s in enumerate(DURATIONS_S)
    ]


def take_in(ingest: Ingest, days: list[Day]) -> None:
    """Let the server have it all."""
    for day in days:
        ingest.commit(list(day.messages()))


def _worked_out(number: int, duration_s: float) -> SimulatedWorkout:
    return simulate(
        demo_programme(duration_s),
        wearer=Wearer(),
        placement=PLACEMENT,
        imu=Imu(),
        sampling_rate_hz=RATE_HZ,
        rng=np.random.default_rng(number),
    )
