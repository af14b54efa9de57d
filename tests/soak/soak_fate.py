"""What goes wrong, when and to whom: drawn from a seed before anything runs."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

MEAN_PAUSE_S = 3.0  # chosen: a gateway has all its sensors again before it dies, most times
LONGEST_PAUSE_S = 15.0
LONGEST_AWAY_S = 4.0  # chosen: shorter and longer than the radio's supervision timeout of 2 s


class Fault(enum.Enum):
    """What can happen; the text completes "12.3 s: ..."."""

    GATEWAY = "kill -9 of the gateway"
    WORKER = "kill -9 of the worker"
    BROKER = "kill -9 of mosquitto, which remembers"
    FORGETFUL_BROKER = "kill -9 of mosquitto, which forgets"
    DATABASE = "crash of PostgreSQL"
    OUT_OF_REACH = "out of reach"
    DROP = "link dropped"
    REBOOT = "reboot"

    @property
    def is_kill(self) -> bool:
        """Whether a process dies."""
        return self not in _OF_SENSORS


_OF_SENSORS = (Fault.OUT_OF_REACH, Fault.DROP, Fault.REBOOT)
_WEIGHTS = {  # chosen: most often the part that holds the only copy
    Fault.GATEWAY: 8,
    Fault.WORKER: 5,
    Fault.BROKER: 2,
    Fault.FORGETFUL_BROKER: 2,
    Fault.DATABASE: 3,
    Fault.OUT_OF_REACH: 3,
    Fault.DROP: 3,
    Fault.REBOOT: 4,
}


@dataclass(frozen=True, slots=True)
class Stroke:
    """One fault."""

    at_s: float  # since the start
    fault: Fault
    sensor: int  # for the faults of sensors: which one
    away_s: float  # until it is there again


def strokes(rng: np.random.Generator, sensors: int, *, with_server: bool) -> Iterator[Stroke]:
    """Draw without end; ``with_server`` is false where the database is a file."""
    faults = [fault for fault in Fault if with_server or fault is not Fault.DATABASE]
    weights = np.array([_WEIGHTS[fault] for fault in faults], float)
    at_s = 0.0
    while True:
        at_s += min(float(rng.exponential(MEAN_PAUSE_S)), LONGEST_PAUSE_S)
        yield Stroke(
            at_s=at_s,
            fault=faults[int(rng.choice(len(faults), p=weights / weights.sum()))],
            sensor=int(rng.integers(sensors)),
            away_s=float(rng.uniform(0.0, LONGEST_AWAY_S)),
        )


def until_kills(drawn: Iterator[Stroke], kills: int) -> list[Stroke]:
    """Take strokes up to the last of so many kills."""
    taken: list[Stroke] = []
    while sum(one.fault.is_kill for one in taken) < kills:
        taken.append(next(drawn))
    return taken


def until_time(drawn: Iterator[Stroke], seconds: float) -> list[Stroke]:
    """Take the strokes up to the first that comes ``seconds`` after the start or later."""
    taken: list[Stroke] = []
    while not taken or taken[-1].at_s < seconds:
        taken.append(next(drawn))
    return taken
