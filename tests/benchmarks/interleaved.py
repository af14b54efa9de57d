"""Contestants take turns, A B A B, so that what else the machine does hits all of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Contestant:
    """Something to time; ``work`` is how many units one run does."""

    name: str
    run: Callable[[], object]
    work: float


@dataclass(frozen=True)
class Timing:
    """CPU time of one contestant, one value a round."""

    name: str
    work: float
    cpu_s: tuple[float, ...]

    @property
    def median_s(self) -> float:
        return float(np.median(self.cpu_s))

    @property
    def iqr_s(self) -> float:
        low, high = np.percentile(self.cpu_s, [25, 75])
        return float(high - low)

    @property
    def per_unit_s(self) -> float:
        return self.median_s / self.work

    @property
    def spread(self) -> float:
        """Interquartile range as a fraction of the median."""
        return self.iqr_s / self.median_s if self.median_s else 0.0


def take_turns(
    contestants: Sequence[Contestant],
    rounds: int,
    clock_s: Callable[[], float] = time.process_time,
) -> list[Timing]:
    """Run every contestant once to warm up, then ``rounds`` times in turn."""
    for one in contestants:
        one.run()
    seconds: list[list[float]] = [[] for _ in contestants]
    for _ in range(rounds):
        for taken, one in zip(seconds, contestants, strict=True):
            begun_s = clock_s()
            one.run()
            taken.append(clock_s() - begun_s)
    return [
        Timing(one.name, one.work, tuple(taken))
        for taken, one in zip(seconds, contestants, strict=True)
    ]


def ratio_to(timing: Timing, own: Timing) -> float:
    """How many times the CPU time a unit of ``own``: the median of the rounds' ratios."""
    ratios = [theirs / ours for theirs, ours in zip(timing.cpu_s, own.cpu_s, strict=True)]
    return float(np.median(ratios)) * own.work / timing.work
