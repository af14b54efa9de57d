"""The holds of a workout: stays, named together with those that they alternate with."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_signal.constants import HOLD_BROKEN_S, SET_PAUSE_S
from lumbar_signal.emission import stay_likelihoods
from lumbar_signal.emission_table import HELD
from lumbar_signal.events import Exercise, Hold, HoldEnded, HoldStarted, Stay
from lumbar_signal.sets import Part

CLEARLY = 0.8  # log odds at which a stay is a hold
LEANING_MORE = 0.3  # more, upright: who leans on something is met every day, who planks is not
CLEARLY_NONE = 2.0  # and at which it is none
PRESCRIBED = 1.5  # more, for what the wearer set out to do
GOES_ON = 3.0  # more, for what was held just before
LESS = 0.2  # of the effort before, as variance
ALIKE_DEG = 15.0  # holds of one set lie so near to each other

Likelihoods = dict[Exercise | None, float]


@dataclass(frozen=True, slots=True)
class _Named:
    """A hold as it is named by now."""

    exercise: Exercise
    start: float
    end: float
    odds: float


class HoldTrack:
    """Takes stays as they are measured, each again and again until it is closed."""

    def __init__(self, sampling_rate_hz: float) -> None:
        self._rate = sampling_rate_hz
        self._settled: list[_Named] = []
        self._together: list[tuple[Stay, Likelihoods]] = []  # within the pause of each other
        self._told: _Named | None = None  # announced and not over
        self._rested: float | None = None  # start of a stay that clearly was none
        self._ended: dict[float, Exercise] = {}  # what was told when a stay was over

    @property
    def open_since(self) -> float | None:
        """Where the hold began that lasts; ``None`` outside a hold."""
        return None if self._told is None else self._told.start

    def add(
        self, stay: Stay, at: int, prescribed: frozenset[Exercise]
    ) -> list[HoldStarted | HoldEnded]:
        """Take a stay as sample ``at`` shows it, and what was prescribed while it lasted.

        Returns what is to be announced.
        """
        likelihoods = stay_likelihoods(stay)
        best = max(likelihoods, key=likelihoods.__getitem__)
        known = stay.calibrated or best in prescribed  # else the back may be the front
        was_rest = self._was_rest(stay, likelihoods)
        if best is None or was_rest or not known:
            likelihoods = {}
        for exercise in prescribed & likelihoods.keys():
            likelihoods[exercise] += PRESCRIBED
        if self._together and self._together[-1][0].start == stay.start:
            self._together.pop()
        elif likelihoods and not self._goes_with(stay):
            self._settled += self._names()
            self._together = []
        if likelihoods:
            self._together.append((stay, likelihoods))
        return self._announced(stay, at)

    def _was_rest(self, stay: Stay, likelihoods: Likelihoods) -> bool:
        """Tell whether a stay that is over clearly was none before it was left."""
        if stay.closed:
            return self._rested == stay.start
        lead = max(likelihoods.values()) - max(likelihoods[name] for name in HELD)
        self._rested = stay.start if lead > CLEARLY_NONE else None
        return False

    def covers(self, position: float) -> bool:
        """Tell whether a position lies in a hold."""
        return any(hold.start <= position <= hold.end for hold in self._all())

    def parts(self, now: float) -> list[Part]:
        """Return the holds of one exercise that follow within the pause, together."""
        found: list[list[_Named]] = []
        for hold in self._all():
            if found and self._follows(found[-1][-1], hold):
                found[-1].append(hold)
            else:
                found.append([hold])
        return [
            Part(
                group[0].exercise,
                holds=tuple(Hold(hold.start, self._end(hold, now)) for hold in group),
                odds=tuple(hold.odds for hold in group),
                told=tuple(self._ended.get(hold.start, hold.exercise) for hold in group),
            )
            for group in found
        ]

    def _all(self) -> list[_Named]:
        return self._settled + self._names()

    def _end(self, hold: _Named, now: float) -> float:
        lasts = self._told is not None and self._told.start == hold.start
        return max(hold.end, now) if lasts else hold.end

    def _follows(self, before: _Named, after: _Named) -> bool:
        soon = after.start - before.end <= SET_PAUSE_S * self._rate
        return soon and after.exercise == before.exercise

    def _goes_with(self, stay: Stay) -> bool:
        if not self._together:
            return True
        last = self._together[-1][0]
        soon = stay.start - last.end <= SET_PAUSE_S * self._rate
        return soon and abs(stay.sagittal_deg - last.sagittal_deg) <= ALIKE_DEG

    def _names(self) -> list[_Named]:
        """Return the holds among the stays that go together: all get the name that fits best."""
        if not self._together:
            return []
        total = {name: sum(one[name] for _, one in self._together) for name in HELD}
        best = max(total, key=total.__getitem__)
        rival = max(value for name, value in total.items() if name != best)
        lead = (total[best] - rival) / len(self._together)
        holds: list[_Named] = []
        held: Stay | None = None
        for stay, likelihoods in self._together:
            broken = held is not None and stay.start - held.end <= HOLD_BROKEN_S * self._rate
            if broken and held is not None and _effort_g2(stay) < LESS * _effort_g2(held):
                continue  # who gives way and catches it goes on shaking
            others = (value for name, value in likelihoods.items() if name not in HELD and name)
            other = max(others) - (GOES_ON if broken else 0.0)
            odds = likelihoods[best] - max(other - CLEARLY, likelihoods[None])
            if odds <= CLEARLY + (0.0 if best is Exercise.FOREARM_PLANK else LEANING_MORE):
                continue
            odds = min(odds, lead)
            held = stay
            if broken:
                odds = max(odds, holds[-1].odds)
                holds[-1] = _Named(best, holds[-1].start, stay.end, odds)
            else:
                holds.append(_Named(best, stay.start, stay.end, odds))
        return holds

    def _announced(self, stay: Stay, at: int) -> list[HoldStarted | HoldEnded]:
        names = self._names()
        latest = names[-1] if names and names[-1].end == stay.end else None
        before, changes = self._told, list[HoldStarted | HoldEnded]()
        self._told = None if stay.closed else latest
        if before is None and latest is not None:
            changes.append(HoldStarted(at, latest.exercise, latest.start))
        if self._told is None and (before is not None or latest is not None):
            over = latest or before
            assert over is not None
            self._ended[over.start] = over.exercise
            changes.append(HoldEnded(at, over.exercise, Hold(over.start, over.end)))
        return changes


def _effort_g2(stay: Stay) -> float:
    return max(0.0, stay.shake_g2 - stay.noise_g2)
