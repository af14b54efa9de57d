"""Movements and stays as the detector would measure them, one for one from the emission's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp
from typing import Any

from lumbar_signal import NOTHING_PRESCRIBED, Prescription, Workout
from lumbar_signal.emission import HEAVE_LEAK, HEAVE_SHARE, SIDE_TICKS
from lumbar_signal.emission_table import MOVEMENTS, STAYS, MovementRow, Name, StayRow
from lumbar_signal.events import Exercise, Movement, MovementClosed, Stay, StayMeasured

RATE_HZ = 50.0
SHAKE_TICKS = 1000.0
REST_G2 = 1e-8  # (0.1 mg)^2: a converter that hides nothing


def movement_row(name: Name) -> MovementRow:
    """Return the first row of that name."""
    return next(row for row in MOVEMENTS if row.exercise == name)


def stay_row(exercise: Exercise | None) -> StayRow:
    """Return the first row of that exercise."""
    return next(row for row in STAYS if row.exercise == exercise)


def movement_of(row: MovementRow, start_s: float = 10.0, **changes: Any) -> Movement:
    """Return a movement whose features are the means of a row; ``changes`` are its fields'."""
    range_deg = changes.get("range_deg", exp(row.ln_range[0]))
    duration_s = changes.get("duration_s", exp(row.ln_duration[0]))
    top_s = row.plateau[0] * duration_s
    lift_m = row.lift_cm[0] / 100.0
    start, length = start_s * RATE_HZ, duration_s * RATE_HZ
    measured = Movement(
        lane=row.lanes[0],
        start=start,
        peak=start + length / 2.0,
        end=start + length,
        range_deg=range_deg,
        base_deg=row.base_deg[0],
        rolled_deg=row.rolled[0] * range_deg,
        dropped_deg=0.0,
        length_error_g=0.0,
        duration_s=duration_s,
        out_s=(duration_s - top_s) / 2.0,
        top_s=top_s,
        back_s=(duration_s - top_s) / 2.0,
        rise_m=lift_m,
        fall_m=lift_m,
        lift_error_m=0.0,
        accel_g=(exp(row.ln_impulse[0]) / duration_s - 1.0) / 1000.0,
        end_offset=row.end_offset[0],
        unrest_g=(exp(row.ln_unrest[0]) - 2.0) / 1000.0,
        calibrating=True,
        broken=False,
    )
    return replace(measured, **changes)


def repeated(
    name: Name, count: int, start_s: float = 10.0, pause_s: float = 0.5, **changes: Any
) -> list[Movement]:
    """Return movements of one name, one after the other."""
    row = movement_row(name)
    one = movement_of(row, start_s, **changes)
    step_s = one.duration_s + pause_s
    return [movement_of(row, start_s + k * step_s, **changes) for k in range(count)]


def stay_of(row: StayRow, start_s: float, end_s: float, **changes: Any) -> Stay:
    """Return a closed stay whose features are the means of a row."""
    effort_g = max(exp(row.ln_effort[0]) - 2.0, 0.0) / 1000.0
    heave_g = max(exp(row.ln_heave[0]) - 0.5, 0.0) / 1000.0
    measured = Stay(
        start=start_s * RATE_HZ,
        end=end_s * RATE_HZ,
        sagittal_deg=row.sagittal_deg[0],
        lateral_deg=row.lateral_deg[0],
        sagittal_sway_deg=0.5,
        heave_g=(heave_g * heave_g + HEAVE_SHARE * REST_G2 + HEAVE_LEAK * effort_g**2) ** 0.5,
        shake_g2=effort_g * effort_g + REST_G2,
        noise_g2=REST_G2,
        shake_ticks=SHAKE_TICKS,
        closed=True,
        calibrated=True,
        entry_g=(exp(row.ln_entry[0]) - 2.0) / 1000.0,
        turns=exp(row.ln_turns[0]) * (SHAKE_TICKS / SIDE_TICKS + 0.5) + 0.5,
    )
    return replace(measured, **changes)


def workout_of(
    movements: Sequence[Movement] = (),
    stays: Sequence[Stay] = (),
    prescription: Prescription = NOTHING_PRESCRIBED,
) -> Workout:
    """Return a workout that has seen these, in the order in which they ended, and is over."""
    workout = Workout(sampling_rate_hz=RATE_HZ, prescription=prescription)
    seen = [MovementClosed(int(one.end) + 12, one) for one in movements]
    held = [StayMeasured(int(one.end) + 12, one) for one in stays]
    for event in sorted([*seen, *held], key=lambda one: one.at):
        workout.add([event], event.at + 1)
    workout.close()
    return workout
