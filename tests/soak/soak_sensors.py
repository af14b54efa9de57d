"""The worn sensors, in this process, and what each of them has truly measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.profiles.lumbar import TICK_HZ, SensorState
from lumbar_sim import current_time
from lumbar_sim.crystal import ticks
from lumbar_sim.firmware import Firmware
from lumbar_sim.flash_log import FlashLog
from lumbar_sim.imu import Imu
from lumbar_sim.measurement import Measurement
from lumbar_sim.placement import Placement
from lumbar_sim.programme import demo_programme
from lumbar_sim.radio import VirtualRadio
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import simulate

RATE_HZ = 100.0
WORKOUT_S = 60.0
JITTER_COUNTS = 8  # so that no minute of a long recording is like another
LARGEST_DRIFT_PPM = 100.0  # of a watch crystal, worn
SMALL_LOG_EVERY = 10  # every tenth sensor ...
SMALL_LOG_BLOCKS = 10  # ... forgets after 6 s what nobody has fetched


@dataclass(frozen=True, slots=True)
class Measured:
    """One stream as its sensor measured it."""

    sensor_id: str
    stream_id: int
    measurement: Measurement
    started_s: float  # wall time of sample 0
    s_per_sample: float  # by true time, not by the sensor's crystal
    was_told_time: bool  # by a gateway, while it measured
    overwritten_below: int = 0  # some of the samples below this the sensor's log has lost

    @property
    def n(self) -> int:
        """How many samples it has."""
        return len(self.measurement.index)

    @property
    def key(self) -> str:
        """The stream as the database names it."""
        return f"{self.stream_id:016x}"


class RecallingLog(FlashLog):
    """A flash log that also knows what it has lost of streams that it has deleted since."""

    def __init__(self, *capacity_blocks: int) -> None:
        super().__init__(*capacity_blocks)
        self.overwritten_below: dict[int, int] = {}  # by stream

    def append(self, first_index: int, first_ticks: int, samples: NDArray[np.int16]) -> None:
        """Write samples, and look what that has overwritten."""
        super().append(first_index, first_ticks, samples)
        for record in self.directory():
            self.overwritten_below[record.description.stream_id] = record.lost_before_index


class WornSensor:
    """One wearer's sensor: its flash and its bonds outlive a reboot, its stream does not."""

    def __init__(
        self,
        number: int,
        radio: VirtualRadio,
        rng: np.random.Generator,
        remaining_s: Callable[[], float],
    ) -> None:
        self.sensor_id = f"SIM-{number:08X}"
        self._past: list[Measured] = []
        self._radio = radio
        self._rng = rng
        self._remaining_s = remaining_s
        self._log = RecallingLog(*([] if number % SMALL_LOG_EVERY else [SMALL_LOG_BLOCKS]))
        self._workout = _workout(rng)
        self._clock_ppm = float(rng.uniform(-LARGEST_DRIFT_PPM, LARGEST_DRIFT_PPM))
        self._started_s = 0.0
        self._playing = self._draw()
        self._firmware = self._boot()

    @property
    def measured_samples(self) -> int:
        """How many samples it has measured up to now."""
        return sum(one.n for one in self._past) + self._firmware.sensor.status.next_index

    @property
    def measured(self) -> list[Measured]:
        """Every stream of which anything was measured up to now."""
        below = self._log.overwritten_below
        streams = [*self._past, *self._present()]
        return [replace(one, overwritten_below=below[one.stream_id]) for one in streams]

    @property
    def streams(self) -> list[str]:
        """The keys of these streams."""
        return [one.key for one in [*self._past, *self._present()]]

    @property
    def has_finished(self) -> bool:
        """Whether everything that there is to measure has been measured."""
        return self._firmware.sensor.state is SensorState.FINISHED

    async def power_on(self) -> None:
        """Measure and advertise from now on."""
        await self._radio.add_sensor(self._firmware)
        sensor = self._firmware.sensor
        running = (ticks(sensor.crystal.now_s()) - sensor.ticks_at(0)) % 2**32
        self._started_s = time.time() - running / TICK_HZ

    async def reboot(self, away_s: float) -> None:
        """Take the battery out, and put it in again after ``away_s``."""
        before = self._firmware
        await self._radio.remove_sensor(before)
        await asyncio.sleep(away_s)
        self._past += self._present()
        self._playing = self._draw()
        self._firmware = self._boot()
        self._firmware.bonds.all_keys = before.bonds.all_keys
        await self.power_on()

    async def drop(self) -> None:
        """End the connection from the sensor's side."""
        await self._radio.drop(self._firmware)

    def lose(self) -> None:
        """Go out of everybody's reach."""
        self._radio.lose(self._firmware)

    def restore(self) -> None:
        """Come back."""
        self._radio.restore(self._firmware)

    def _boot(self) -> Firmware:
        return Firmware(
            self.sensor_id,
            self._playing,
            rng=self._rng,
            flash_log=self._log,
            autostart=True,
            clock_ppm=self._clock_ppm,
        )

    def _draw(self) -> Measurement:
        return _long(self._workout, max(1, round(self._remaining_s() * RATE_HZ)), self._rng)

    def _present(self) -> list[Measured]:
        sensor = self._firmware.sensor
        n = sensor.status.next_index
        if n == 0:
            return []
        counts = self._playing.counts[:n].copy()  # an hour of many streams would not fit otherwise
        return [
            Measured(
                self.sensor_id,
                sensor.description.stream_id,
                replace(self._playing, index=self._playing.index[:n].copy(), counts=counts),
                self._started_s,
                1 / RATE_HZ / (1 + self._clock_ppm * 1e-6),
                sensor.current_time != current_time.UNKNOWN,
            )
        ]


def _workout(rng: np.random.Generator) -> Measurement:
    simulated = simulate(
        demo_programme(WORKOUT_S),
        wearer=Wearer(),
        placement=Placement(),
        imu=Imu(),
        sampling_rate_hz=RATE_HZ,
        rng=rng,
    )
    return simulated.measurement


def _long(workout: Measurement, n: int, rng: np.random.Generator) -> Measurement:
    """Repeat a workout's accelerations up to ``n`` samples, with noise that never repeats."""
    acc = workout.counts[:, :3]
    again = np.resize(acc, (n, 3)) + rng.integers(-JITTER_COUNTS, JITTER_COUNTS + 1, (n, 3))
    limits = np.iinfo(np.int16)
    counts = np.clip(again, limits.min, limits.max).astype(np.int16)
    return Measurement(np.arange(n), counts, RATE_HZ, workout.g_per_step, 0.0, workout.range_g)
