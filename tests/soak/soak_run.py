"""One soak: sensors stream, everything dies in turn, and at the end nothing may be missing."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lumbar_sim.radio import VirtualRadio
from soak_fate import Fault, Stroke, strokes
from soak_programs import Programs
from soak_sensors import WornSensor
from soak_verdict import Progress, Verdict, judge, progress, spooled_packets

SETTLING_S = 5.0  # the sensors measure so long after the last fault
PATIENCE_S = 90.0  # longer than the longest pause of anything that tries again
REPORT_S = 10.0

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a soak found."""

    faults: Counter[Fault]
    verdict: Verdict
    took_s: float
    settled_s: float  # of that, after the last fault
    problems: tuple[str, ...]  # the verdict's, and what happened on the way

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return sum(n for fault, n in self.faults.items() if fault.is_kill)


async def soak(
    choose: Callable[[Iterator[Stroke]], list[Stroke]],
    *,
    seed: int,
    sensors: int,
    with_server: bool,
    folder: Path,
    announce: Announce,
) -> Outcome:
    """Let strokes hit ``sensors`` sensors and all that they depend on.

    Parameters
    ----------
    choose
        Takes the strokes of this soak from all that fate would have.
    seed
        Of the strokes and of what the sensors measure. When what happens inside the programs is
        not in it: they are real.
    folder
        An empty one, for everything: logs of the programs, spool, bonds, an SQLite database.
    with_server
        PostgreSQL, with its commits on disk, instead of SQLite.
    announce
        Is told a line about everything that happens.
    """
    fate, motion = np.random.default_rng(seed).spawn(2)
    plan = choose(strokes(fate, sensors, with_server=with_server))
    run = _Run(plan, announce)
    announce(f"seed {seed}: {len(plan)} faults in {plan[-1].at_s:.0f} s; logs in {folder}")
    async with VirtualRadio() as radio:
        port = await radio.listen()
        run.sensors = [
            WornSensor(number + 1, radio, child, run.remaining_s)
            for number, child in enumerate(motion.spawn(sensors))
        ]
        with Programs.make(folder, port, with_server=with_server) as programs:
            run.programs = programs
            return await run.to_the_end()


def _victim(fault: Fault) -> Fault:
    return Fault.BROKER if fault is Fault.FORGETFUL_BROKER else fault


class _Run:
    """The state of one soak."""

    programs: Programs
    sensors: list[WornSensor]

    def __init__(self, plan: Sequence[Stroke], announce: Announce) -> None:
        self._plan = plan
        self._announce = announce
        self._start_s = time.monotonic()
        self._busy: defaultdict[object, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._faults: Counter[Fault] = Counter()
        self._problems: list[str] = []

    def remaining_s(self) -> float:
        """Return how long the sensors are still to measure."""
        return self._plan[-1].at_s + SETTLING_S - self._elapsed_s()

    async def to_the_end(self) -> Outcome:
        """Run every stroke, then wait and compare."""
        self._start_s = time.monotonic()
        for sensor in self.sensors:
            await sensor.power_on()
        reporting = asyncio.create_task(self._report())
        try:
            async with asyncio.TaskGroup() as group:
                for stroke in self._plan:
                    await asyncio.sleep(stroke.at_s - self._elapsed_s())
                    self._look_after_programs()
                    group.create_task(self._strike(stroke))
            last_s = self._elapsed_s()
            self._tell("no more faults, waiting until everything has arrived")
            await self._settle()
        finally:
            reporting.cancel()
        took_s = self._elapsed_s()
        streams = [one for sensor in self.sensors for one in sensor.measured]
        verdict = await asyncio.to_thread(judge, self.programs.database_url, streams)
        return Outcome(
            self._faults,
            verdict,
            took_s,
            took_s - last_s,
            (*self._problems, *verdict.problems),
        )

    async def _strike(self, stroke: Stroke) -> None:
        if stroke.fault.is_kill:
            end, start = self.programs.of(stroke.fault)
            async with self._busy[_victim(stroke.fault)]:  # who is away already is killed once back
                self._count(stroke, "")
                await asyncio.to_thread(end)
                await asyncio.sleep(stroke.away_s)
                await asyncio.to_thread(start)
            return
        sensor = self.sensors[stroke.sensor]
        async with self._busy[sensor]:
            self._count(stroke, f"{sensor.sensor_id} ")
            await self._upset(sensor, stroke)

    async def _upset(self, sensor: WornSensor, stroke: Stroke) -> None:
        match stroke.fault:
            case Fault.REBOOT:
                await sensor.reboot(stroke.away_s)
            case Fault.DROP:
                await sensor.drop()
            case Fault.OUT_OF_REACH:
                sensor.lose()
                await asyncio.sleep(stroke.away_s)
                sensor.restore()

    async def _settle(self) -> None:
        """Wait until all is complete and the spool empty, or nothing moves any more."""
        before: tuple[Progress, int] | None = None
        moved_s = self._elapsed_s()
        while self._elapsed_s() - moved_s < PATIENCE_S:
            await asyncio.sleep(1.0)
            self._look_after_programs()
            now = await asyncio.to_thread(self._look)
            if now != before:
                before, moved_s = now, self._elapsed_s()
            if all(sensor.has_finished for sensor in self.sensors):
                wanted = {key for sensor in self.sensors for key in sensor.streams}
                if now[1] == 0 and wanted <= now[0].complete_streams:
                    return
        self._problems.append(f"nothing moved for {PATIENCE_S:.0f} s, {now[1]} packets spooled")

    def _look(self) -> tuple[Progress, int]:
        return progress(self.programs.database_url), spooled_packets(self.programs.spool)

    def _look_after_programs(self) -> None:
        for name in self.programs.failed():
            self._problems.append(f"the {name} ended by itself at {self._elapsed_s():.1f} s")
            self._tell(self._problems[-1])
            getattr(self.programs, name).start()

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            measured = sum(sensor.measured_samples for sensor in self.sensors)
            try:
                stored = (
                    await asyncio.to_thread(progress, self.programs.database_url)
                ).stored_samples
            except Exception as error:  # the database may be down, or not made yet
                self._tell(f"{measured} samples measured, database: {type(error).__name__}")
            else:
                self._tell(f"{measured} samples measured, {stored} stored")

    def _count(self, stroke: Stroke, whose: str) -> None:
        self._faults[stroke.fault] += 1
        kills = sum(n for fault, n in self._faults.items() if fault.is_kill)
        number = f" (kill {kills})" if stroke.fault.is_kill else ""
        away = "" if stroke.fault is Fault.DROP else f", away for {stroke.away_s:.1f} s"
        self._tell(f"{whose}{stroke.fault.value}{away}{number}")

    def _tell(self, what: str) -> None:
        self._announce(f"{self._elapsed_s():7.1f} s: {what}")

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._start_s
