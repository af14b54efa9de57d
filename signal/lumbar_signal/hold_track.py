"""The holds of a workout: stays, named by how they are measured."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_signal.constants import HOLD_BROKEN_S, SET_PAUSE_S
from lumbar_signal.emission import HELD, stay_likelihoods
from lumbar_signal.events import Exercise, Hold, HoldEnded, HoldStarted, Stay
from lumbar_signal.sets import Part

CLEARLY = 0.3  # log odds at which a stay is a hold
PRESCRIBED = 1.5  # more, for what the wearer set out to do
CLEARLY_NONE = 2.0  # log odds at which it is none
GOES_ON = 3.0  # more, for what was held just before
SAME_SET = 1.0  # more, for what was held within the pause of a set


@dataclass(slots=True)
class _Draft:
    """A hold that may go on after it was broken."""

    exercise: Exercise
    start: float
    end: float
    odds: float


class HoldTrack:
    """Takes stays as they are measured, each again and again until it is closed."""

    def __init__(self, sampling_rate_hz: float, prescribed: Exercise | None) -> None:
        self._rate = sampling_rate_hz
        self._prescribed = prescribed
        self._drafts: list[_Draft] = []
        self._open: _Draft | None = None
        self._rested: float | None = None  # start of a stay that clearly was none
        self.open_since: float | None = None

    def add(self, stay: Stay, at: int) -> list[HoldStarted | HoldEnded]:
        """Take a stay as sample ``at`` shows it; return what is to be announced."""
        exercise, odds = self._judged(stay)
        before = self._open
        self._open = None
        if exercise is not None:
            self._open = _Draft(exercise, stay.start, stay.end, odds)
        was, self.open_since = self.open_since, None
        if self._open is not None:
            self.open_since = self._joined(self._open).start
        changes: list[HoldStarted | HoldEnded] = []
        if self._open is not None and was is None:
            changes.append(HoldStarted(at, self._open.exercise, self._joined(self._open).start))
        if stay.closed and self._open is not None:
            done = self._joined(self._open)
            if done is not self._open:
                self._drafts.remove(self._drafts[-1])
            self._drafts.append(done)
            self._open, self.open_since = None, None
            changes.append(HoldEnded(at, done.exercise, Hold(done.start, done.end)))
        elif self._open is None and was is not None and before is not None:
            changes.append(HoldEnded(at, before.exercise, Hold(before.start, before.end)))
        return changes

    def covers(self, position: float) -> bool:
        """Tell whether a position lies in a hold."""
        drafts = [*self._drafts, *([self._open] if self._open else [])]
        return any(draft.start <= position <= draft.end for draft in drafts)

    def parts(self, now: float) -> list[Part]:
        """Return the holds of one exercise that follow within the pause, together."""
        drafts = list(self._drafts)
        if self._open is not None:
            joined = self._joined(self._open)
            if joined is not self._open:
                drafts.pop()
            drafts.append(_Draft(joined.exercise, joined.start, max(joined.end, now), joined.odds))
        found: list[list[_Draft]] = []
        for draft in drafts:
            for group in reversed(found):
                if group[-1].exercise == draft.exercise and self._follows(group[-1], draft):
                    group.append(draft)
                    break
            else:
                found.append([draft])
        return [
            Part(
                group[0].exercise,
                holds=tuple(Hold(draft.start, draft.end) for draft in group),
                odds=tuple(draft.odds for draft in group),
            )
            for group in found
        ]

    def _judged(self, stay: Stay) -> tuple[Exercise | None, float]:
        """Name a stay; one that clearly was no hold while it lasted is none for how it was left."""
        exercise, odds = self._named(stay)
        if not stay.closed:
            self._rested = stay.start if exercise is None and odds > CLEARLY_NONE else None
        elif self._rested == stay.start:
            return None, odds
        return exercise, odds

    def _named(self, stay: Stay) -> tuple[Exercise | None, float]:
        """Return the exercise of a stay that clearly is one, and its log odds."""
        likelihoods = stay_likelihoods(stay)
        if self._prescribed in likelihoods:
            likelihoods[self._prescribed] += PRESCRIBED
        last = self._drafts[-1] if self._drafts else None
        if last is not None and stay.start - last.end <= SET_PAUSE_S * self._rate:
            broken = stay.start - last.end <= HOLD_BROKEN_S * self._rate
            for other in likelihoods.keys() - {None, last.exercise}:
                likelihoods[other] -= GOES_ON if broken else SAME_SET
        ranked = sorted(likelihoods.items(), key=lambda item: -item[1])
        (best, value), (_, second) = ranked[:2]
        odds = value - second
        if not isinstance(best, Exercise) or best not in HELD:
            return None, odds
        if not stay.calibrated and best is not self._prescribed:  # worn who knows how
            return None, odds
        return (best, odds) if odds > CLEARLY else (None, odds)

    def _joined(self, draft: _Draft) -> _Draft:
        """Return a hold together with the one that it goes on from."""
        last = self._drafts[-1] if self._drafts else None
        if (
            last is not None
            and last.exercise == draft.exercise
            and draft.start - last.end <= HOLD_BROKEN_S * self._rate
        ):
            return _Draft(draft.exercise, last.start, draft.end, max(last.odds, draft.odds))
        return draft

    def _follows(self, before: _Draft, after: _Draft) -> bool:
        return after.start - before.end <= SET_PAUSE_S * self._rate
