"""What each simulated person does for the page, and what the detector says of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lumbar.analysis_document import analysis_document
from lumbar.evidence.detector_axes import detector_axes
from lumbar.evidence.inclination import InclinationErrors, inclination_errors
from lumbar.scoring import analysis_of, truth_of
from lumbar.scoring.live_run import live_run
from lumbar.scoring.observation import Observation
from lumbar.scoring.observe import observe
from lumbar.simulated_trace import truth_document
from lumbar.trace import Trace
from lumbar_signal.events import Exercise
from lumbar_sim.activities import Activity, Bows, Rest
from lumbar_sim.activities.catalogue import EXERCISES, activity_named
from lumbar_sim.body import Stance
from lumbar_sim.families.cast import Subject, assemble, for_report
from lumbar_sim.families.catalogue import REPORTING
from lumbar_sim.families.family import Reporting
from lumbar_sim.measurement import Measurement
from lumbar_sim.named_programmes import programme_named
from lumbar_sim.programme import Programme
from lumbar_sim.workout import SimulatedWorkout, simulate

SETS = 2  # in a session of one exercise, with another dose each
BACK_PROGRAMME_MIN = 40.0  # all thirteen exercises fit, two or three sets of each
EVERYDAY = "everyday_hour"
EVERYDAY_MIN = 60.0


@dataclass(frozen=True, slots=True)
class Person:
    """Whose sessions to simulate, in plain values: another process does it."""

    seed: int
    number: int
    everyday_hours: int


@dataclass(frozen=True, slots=True)
class Scored:
    """One session: its truth beside what was found and heard; all else is forgotten."""

    name: str
    free: Observation  # nothing prescribed, with its live run
    prescribed: Observation | None  # with one exercise prescribed; None where several are done
    inclination: InclinationErrors | None  # of an exercise by itself, with a belt that holds

    @property
    def is_everyday(self) -> bool:
        """Tell whether it is everyday life alone."""
        return self.name.startswith(EVERYDAY)


def sessions(person: Person) -> list[Scored]:
    """Simulate and analyse all sessions of a person."""
    cast = REPORTING.cast(person.seed, person.number)
    for_report([cast])
    subject = assemble(cast, person.seed, person.number)
    return [session(subject, person, name) for name in _names(person)]


def _names(person: Person) -> Iterator[str]:
    yield "back_programme"
    yield from EXERCISES
    yield "foreign"
    for hour in range(person.everyday_hours):
        yield f"{EVERYDAY}-{hour}"


def session(subject: Subject[Reporting], person: Person, name: str) -> Scored:
    """Simulate and analyse one session: an exercise, or a programme that may have a number."""
    rng = np.random.default_rng([zlib.crc32(name.encode()), person.seed, person.number])
    prescribed = _prescribed(name, rng)
    workout = simulate(
        _programme(name, rng),
        wearer=subject.wearer,
        placement=subject.placement,
        imu=subject.imu,
        sampling_rate_hz=subject.sampling_rate_hz,
        rng=rng,
    )
    trace = measured_trace(f"{subject.body_id} {name}", workout.measurement)
    truth = truth_of(truth_document(subject, workout, person.seed), trace.name)
    free = analysis_document(trace)
    told = analysis_document(trace, prescribed) if prescribed else None
    holds = name in EXERCISES and not subject.placement.slips
    return Scored(
        name=name,
        free=observe(truth, analysis_of(free, trace.name), list(live_run(trace))),
        prescribed=observe(truth, analysis_of(told, trace.name)) if told else None,
        inclination=_inclination(workout, trace) if holds else None,
    )


def _inclination(workout: SimulatedWorkout, trace: Trace) -> InclinationErrors | None:
    axes = detector_axes(trace)
    return inclination_errors(workout, trace, axes) if axes else None


def _prescribed(name: str, rng: np.random.Generator) -> Exercise | None:
    """Return the exercise of the session, any of the thirteen where there is none of ours."""
    if name == "back_programme":
        return None
    return Exercise(name if name in EXERCISES else EXERCISES[int(rng.integers(len(EXERCISES)))])


def _programme(name: str, rng: np.random.Generator) -> Programme:
    if name in EXERCISES:
        return Programme(tuple(_one_exercise(name, rng)))
    if name == "back_programme":
        return programme_named(name, rng, BACK_PROGRAMME_MIN)
    if name == "foreign":
        return programme_named(name, rng)
    return programme_named(name.partition("-")[0], rng, EVERYDAY_MIN)


def _one_exercise(name: str, rng: np.random.Generator) -> Iterator[Activity]:
    """Yield what is done: the wearer bows three times, and stands a while before each set."""
    yield Rest(Stance.STANDING, 5.0)
    yield Bows(3)
    for _ in range(SETS):
        yield activity_named("standing", rng)
        yield activity_named(name, rng)
    yield Rest(Stance.STANDING, 5.0)


def measured_trace(name: str, measured: Measurement) -> Trace:
    """Return what a file of the measurement would be read as."""
    acc_g = measured.counts[:, :3].astype(np.float64) * measured.g_per_step
    gyro_dps = measured.counts[:, 3:].astype(np.float64) * measured.dps_per_step
    return Trace(
        name=name,
        t_s=measured.index / measured.sampling_rate_hz,
        acc_g=acc_g,
        gyro_dps=gyro_dps if measured.dps_per_step else None,
        sampling_rate_hz=measured.sampling_rate_hz,
        index=measured.index,
    )
