"""What happens in one simulated workout; drawn from a seed, so that it can happen again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

CALM_FROM_S = 25.0  # the workout takes some 17 s; the way to the database a little longer
FIRST_FAULT_S = 1.0
MOST_FAULTS = 6


class Fault(StrEnum):
    """What can go wrong at a moment."""

    LINK_DROPPED = "the link is dropped"
    LINK_LOST = "the sensor is out of reach for a while"
    SENSOR_REBOOTED = "the sensor reboots"
    GATEWAY_KILLED = "the gateway is killed"
    WORKER_KILLED = "the worker is killed"
    BROKER_CUT = "the broker's connections are cut"
    BROKER_RESTARTED = "the broker restarts with what it had"
    BROKER_FORGETS = "the broker restarts and has forgotten everything"
    SPOOL_FULL = "the gateway's disk is full for a while"
    CLOCK_STEPPED = "the gateway's wall clock is set"


@dataclass(frozen=True, slots=True)
class Moment:
    """One fault."""

    at_s: float
    fault: Fault
    lasts_s: float
    sensor: int


@dataclass(frozen=True, slots=True)
class Noise:
    """Shares of what is on the radio and on the wire that goes wrong all the time."""

    dropped: float = 0.0
    doubled: float = 0.0
    swapped: float = 0.0
    cut_short: float = 0.0
    flipped: float = 0.0
    wire_doubled: float = 0.0
    wire_damaged: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A workout and everything that befalls it."""

    seed: int
    bridges: int
    sensors: int
    gateways: int
    flash_blocks: int  # of 60 samples; few overflow while no gateway is near
    worn_alone_s: float  # before the first gateway comes near
    worker_period_s: float
    noise: Noise
    moments: tuple[Moment, ...]

    def __str__(self) -> str:
        lines = [
            f"seed {self.seed}: sensors {self.sensors}, gateways {self.gateways}, "
            f"flash blocks {self.flash_blocks}, worn alone for {self.worn_alone_s:.1f} s, "
            f"{self.noise}"
        ]
        lines += [f"  {one.at_s:6.2f} s {one.fault} ({one.lasts_s:.1f} s)" for one in self.moments]
        return "\n".join(lines)


def draw(seed: int) -> Scenario:
    """Return the scenario of a seed."""
    rng = np.random.default_rng(seed)
    sensors = int(rng.choice([1, 2, 3], p=[0.8, 0.15, 0.05]))
    faults = list(Fault)
    moments = [
        Moment(
            float(rng.uniform(FIRST_FAULT_S, CALM_FROM_S)),
            faults[int(rng.integers(len(faults)))],
            float(rng.exponential(3.0)),
            int(rng.integers(sensors)),
        )
        for _ in range(int(rng.integers(MOST_FAULTS + 1)))
    ]
    return Scenario(
        seed=seed,
        bridges=4,
        sensors=sensors,
        gateways=int(rng.choice([1, 2], p=[0.8, 0.2])),
        flash_blocks=int(rng.choice([1000, 4], p=[0.85, 0.15])),
        worn_alone_s=float(rng.choice([0.0, rng.uniform(1.0, 25.0)], p=[0.7, 0.3])),
        worker_period_s=float(rng.uniform(0.05, 1.0)),
        noise=_noise(rng),
        moments=tuple(sorted(moments, key=lambda one: one.at_s)),
    )


def _noise(rng: np.random.Generator) -> Noise:
    """Half the workouts have a clean radio and a clean wire."""
    if rng.random() < 0.5:
        return Noise()
    share = float(rng.choice([0.001, 0.01, 0.05, 0.1]))
    return Noise(*(share * float(rng.integers(2)) for _ in range(7)))
