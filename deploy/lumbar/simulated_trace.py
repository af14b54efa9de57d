"""One simulated trace and the truth beside it, as files."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lumbar.simulated_script import Script
from lumbar.trace_file import trace_table, write_trace
from lumbar_sim.families.cast import Subject, assemble
from lumbar_sim.families.catalogue import DEVELOPMENT, REPORTING, Catalogue
from lumbar_sim.families.family import Development, PurposeT, Reporting
from lumbar_sim.measurement import Measurement
from lumbar_sim.workout import SimulatedWorkout, simulate

AnySubject = Subject[Development] | Subject[Reporting]


@dataclass(frozen=True, slots=True)
class TraceOrder:
    """What to make, in plain values: another process may make it.

    Parameters
    ----------
    families
        Names of families of the purpose; where a factor has none, all of its families take turns.
    person
        Number of the simulated person, from 0.
    sampling_rate_hz
        Instead of the rate that the hardware's family draws.
    """

    purpose: str
    families: tuple[str, ...]
    seed: int
    person: int
    script: Script
    sampling_rate_hz: float | None
    trace: Path
    truth: Path


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    order: TraceOrder
    body_id: str
    families: dict[str, dict[str, str]]
    samples: int
    sampling_rate_hz: float
    duration_s: float


def make_trace(order: TraceOrder) -> Made:
    """Simulate a person and write trace and truth."""
    subject = _subject(order)
    rate_hz = order.sampling_rate_hz or subject.sampling_rate_hz
    rng = np.random.default_rng([zlib.crc32(order.script.name.encode()), order.seed, order.person])
    workout = simulate(
        order.script.programme_for(rng),
        wearer=subject.wearer,
        placement=subject.placement,
        imu=subject.imu,
        sampling_rate_hz=rate_hz,
        rng=rng,
    )
    measured = workout.measurement
    table = trace_table(
        measured.index,
        measured.counts,
        sampling_rate_hz=rate_hz,
        g_per_step=measured.g_per_step,
        dps_per_step=measured.dps_per_step,
    )
    write_trace(table, order.trace)
    document = truth_document(subject, workout, order.seed)
    order.truth.write_text(json.dumps(document, allow_nan=False) + "\n", encoding="utf-8")
    return Made(
        order=order,
        body_id=subject.body_id,
        families=subject.cast.to_dict(),
        samples=len(measured.index),
        sampling_rate_hz=rate_hz,
        duration_s=workout.duration_s,
    )


def truth_document(subject: AnySubject, workout: SimulatedWorkout, seed: int) -> dict[str, Any]:
    """Return the ``lumbar.truth/1`` of a trace, its times on the trace's own ``t_s``.

    The sensor's crystal decides what a second is in a trace, so that the true times are stretched
    by its error. ``slips`` tells when the belt turned, and by how much.
    """
    measured = workout.measurement
    stretch = 1.0 + subject.imu.clock_ppm * 1e-6
    labels = workout.truth.to_dict()
    slips = [
        {
            "start_s": slip.start_s(workout.duration_s),
            "end_s": slip.start_s(workout.duration_s) + slip.takes_s,
            "axis": slip.axis,
            "angle_deg": slip.angle_deg,
        }
        for slip in subject.placement.slips
    ]
    return {
        "schema": labels["schema"],
        "simulated": True,
        "seed": seed,
        "families": subject.cast.to_dict(),
        "body_id": subject.body_id,
        "recording": {
            "samples": len(measured.index),
            "sampling_rate_hz": measured.sampling_rate_hz,
            "duration_s": measured.end_index / measured.sampling_rate_hz,
            "gaps": _gaps(measured),
        },
        "slips": _stretched(slips, stretch),
        **{name: _stretched(labels[name], stretch) for name in ("sets", "everyday", "postures")},
    }


def _gaps(measured: Measurement) -> list[dict[str, float]]:
    """Return where samples are missing, from the last one before to the first one after."""
    t_s = measured.index / measured.sampling_rate_hz
    before = np.flatnonzero(np.diff(measured.index) > 1)
    return [{"start_s": float(t_s[n]), "end_s": float(t_s[n + 1])} for n in before]


def _subject(order: TraceOrder) -> AnySubject:
    if order.purpose == Reporting.word:
        return _drawn(REPORTING, order)
    return _drawn(DEVELOPMENT, order)


def _drawn(catalogue: Catalogue[PurposeT], order: TraceOrder) -> Subject[PurposeT]:
    cast = catalogue.limited_to(order.families).cast(order.seed, order.person)
    return assemble(cast, order.seed, order.person)


def _stretched(labels: Any, stretch: float) -> Any:
    """Return the labels with every number of seconds multiplied."""
    if isinstance(labels, dict):
        return {
            name: value * stretch
            if name.endswith("_s") and isinstance(value, float)
            else _stretched(value, stretch)
            for name, value in labels.items()
        }
    if isinstance(labels, list | tuple):
        return [_stretched(label, stretch) for label in labels]
    return labels
