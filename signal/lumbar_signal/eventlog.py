"""The buffer between the kernel and the event dataclasses: numbers in, dataclasses out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.events import (
    Deviation,
    DeviationEnded,
    DeviationStarted,
    Event,
    Movement,
    MovementClosed,
    PostureChanged,
    Stay,
    StayMeasured,
)
from lumbar_signal.exercises import DEVIATIONS, POSTURES
from lumbar_signal.jit import rare, stage
from lumbar_signal.state import Record

LOG_CAPACITY = 128
LOG_RESERVE = 32  # more than one tick can say
POSTURE_CHANGED, MOVEMENT_CLOSED, STAY_MEASURED = 0, 1, 2
DEVIATION_STARTED, DEVIATION_ENDED = 3, 4
VALUES = 20

LOG_DTYPE = np.dtype(
    [
        ("count", "i8"),
        ("kind", "i8", (LOG_CAPACITY,)),
        ("at", "i8", (LOG_CAPACITY,)),
        ("code", "i8", (LOG_CAPACITY,)),  # exercise, posture or deviation
        ("value", "f8", (LOG_CAPACITY, VALUES)),
    ]
)


def empty_log() -> NDArray[np.void]:
    """Return a log without entries, shape (1,)."""
    return np.zeros(1, dtype=LOG_DTYPE)


@rare
def write(
    log: Record,
    kind: int,
    at: int,
    code: int,
    v0: float,
    v1: float,
    v2: float,
    v3: float,
    v4: float,
) -> None:
    """Append one entry; the kernel has made sure that there is room."""
    n = log.count
    log.kind[n] = kind
    log.at[n] = at
    log.code[n] = code
    log.value[n, 0] = v0
    log.value[n, 1] = v1
    log.value[n, 2] = v2
    log.value[n, 3] = v3
    log.value[n, 4] = v4
    log.count = n + 1


@stage
def entry_of(log: Record, kind: int, at: int, code: int) -> NDArray[np.float64]:
    """Append one entry and return its values, shape (VALUES,), to be filled."""
    n = log.count
    log.kind[n] = kind
    log.at[n] = at
    log.code[n] = code
    log.count = n + 1
    return log.value[n]  # type: ignore[no-any-return]


def take(log: NDArray[np.void]) -> list[Event]:
    """Return the entries as events, oldest first, and empty the log."""
    count = int(log["count"][0])
    if count == 0:
        return []
    columns = [log[name][0, :count].tolist() for name in ("kind", "at", "code", "value")]
    log["count"] = 0
    return [_event(*entry) for entry in zip(*columns, strict=True)]


def _event(kind: int, at: int, code: int, v: list[float]) -> Event:
    if kind == POSTURE_CHANGED:
        return PostureChanged(at, v[0], POSTURES[code])
    if kind == MOVEMENT_CLOSED:
        return MovementClosed(at, Movement(code, *_with_truths(v, _MOVEMENT_TRUTHS)))
    if kind == STAY_MEASURED:
        return StayMeasured(at, Stay(*_with_truths(v[:_STAY_VALUES], _STAY_TRUTHS)))
    if kind == DEVIATION_STARTED:
        return DeviationStarted(at, DEVIATIONS[code], v[0], in_hold=v[3] != 0.0)
    deviation = Deviation(DEVIATIONS[code], v[0], v[1], v[2])
    return DeviationEnded(at, deviation, in_hold=v[3] != 0.0)


def _with_truths(values: list[Any], truths: Sequence[int]) -> list[Any]:
    """Return the numbers of an entry; those that stand for a truth as that."""
    for n in truths:
        values[n] = values[n] != 0.0
    return values


def _truths(names: Sequence[str]) -> tuple[int, ...]:
    truths = ("calibrating", "broken", "closed", "calibrated")
    return tuple(names.index(name) for name in truths if name in names)


_MOVEMENT_TRUTHS = _truths([one.name for one in fields(Movement)[1:]])  # the lane is the code
_STAY_TRUTHS = _truths([one.name for one in fields(Stay)])
_STAY_VALUES = len(fields(Stay))
