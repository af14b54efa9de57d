"""A simulated person from day to day: what they can do, how it feels, and what they say of it.

All chances come from one generator; the same seed tells the same story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from lumbar.stories.character import Character, What
from lumbar.stories.doing import Effort
from lumbar.stories.line import Line

STOPS_FROM = 6  # nobody goes on at that
A_BIT_MORE_FROM, TOO_MUCH_FROM = 1.05, 1.35  # strain of a movement
LASTS = 0.75  # of a rise is left the next day
BIT_MORE_FROM, WORSE_FROM = 0.9, 2.2  # points that are left the next day
IDLE_DAYS = 5  # from where on what was gained goes slowly
LOST_A_DAY = 0.985
IN_A_FLARE = 0.65  # of the capacity is there in a full flare

# How hard a form is against the first one; chosen, so that forms matter more than seconds.
_HARDER = {"counter": 1.25, "further": 1.12, "single": 1.6, "marching": 1.3, "forearm": 1.5}
_EASIER = {"half": 0.75, "arms only": 0.6, "arm only": 0.6, "small": 0.7, "clam": 0.7}


@dataclass(frozen=True, slots=True)
class Course:
    """How a session will go: what of each line is done, how it feels, and how it lasts."""

    efforts: tuple[Effort, ...]  # of the lines that are begun
    felt: tuple[str, ...]  # of the same
    before: int
    during: int
    after: int
    stop: str | None  # the reason, where it is broken off
    next_day: str


@dataclass
class Person:
    """One simulated person, on one day after another."""

    character: Character
    day: int = 0
    capacity_s: dict[str, float] = field(default_factory=dict)  # by exercise
    _last_day: int = 0
    _wave: float = 0.0

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.character.seed)

    def wake(self, day: int) -> None:
        """Begin a day: the back comes and goes, and what is not used fades."""
        self.day = day
        self._wave = 0.7 * self._wave + self.rng.normal(0.0, self.character.back.spread)
        if day - self._last_day > IDLE_DAYS:
            for exercise in self.capacity_s:
                self.capacity_s[exercise] *= LOST_A_DAY

    def happens(self, chance: float) -> bool:
        """Draw whether something happens."""
        return bool(self.rng.random() < chance)

    def has(self, what: What) -> bool:
        """Tell whether something befalls them today."""
        return self.character.spell(what, self.day) is not None

    @property
    def discomfort(self) -> float:
        """How the back is today, 0 to 10."""
        return float(np.clip(self.character.back.usual + self._wave + self._flare(), 0.0, 10.0))

    def says(self) -> int:
        """Return the number that they would give."""
        return round(self.discomfort)

    def answers_yes_to(self) -> frozenset[str]:
        """Return which questions about health are a yes today."""
        now = self.says()
        today = {"moderate_pain"} if 4 <= now <= 6 else {"strong_pain"} if now >= 7 else set()
        if self.has(What.LEG):
            today.add("leg_tingling")
        return self.character.yes | today

    def strain(self, line: Line, sets_share: float = 1.0) -> float:
        """Return the work of a line against what they take well now."""
        work_s = line.work_s * _hardness(line) * sets_share
        first_s = self.character.headroom * line.work_s * _hardness(line)
        capacity_s = self.capacity_s.setdefault(line.exercise, first_s)
        return work_s / (capacity_s * (1.0 - (1.0 - IN_A_FLARE) * self._flare_share()))

    def course(self, lines: Sequence[Line]) -> Course:
        """Work out how a session goes; the harder of its movements decide how it feels."""
        before, peak = self.discomfort, 0.0
        efforts: list[Effort] = []
        felt: list[str] = []
        stop, during = None, before
        eager = self.character.spell(What.TOO_EAGER, self.day)
        for line in lines:
            strain = self.strain(line) * (eager.size if eager else 1.0)
            peak = max(peak, strain)
            noise = abs(self.rng.normal(0.0, 0.25))
            during = max(during, before + self._rise(peak) + noise)
            slack = self.character.habits.slack
            efforts.append(Effort(strain=strain, slack=slack))
            felt.append(_felt(strain))
            if round(during) >= STOPS_FROM and before < STOPS_FROM:
                efforts[-1] = replace(efforts[-1], share=0.5)
                stop = "too_much"
                break
        after = before + 0.5 * (during - before) + self.rng.normal(0.0, 0.2)
        left = LASTS * self._rise(peak) + self._flare_share() + self.rng.normal(0.0, 0.25)
        return Course(
            tuple(efforts),
            tuple(felt),
            round(before),
            min(10, round(during)),
            int(np.clip(round(after), 0, 10)),
            stop,
            "worse" if left >= WORSE_FROM else "bit_more" if left >= BIT_MORE_FROM else "usual",
        )

    def trained(self, done: Mapping[str, float]) -> None:
        """Get a little fitter in what was done; ``done`` has the strain by exercise."""
        self._last_day = self.day
        for exercise, strain in done.items():
            if strain >= 0.4 and exercise in self.capacity_s:
                self.capacity_s[exercise] *= self.character.growth

    def _rise(self, strain: float) -> float:
        return self.character.back.answers * max(0.0, strain - 1.0)

    def _flare(self) -> float:
        spell = self.character.spell(What.FLARE, self.day)
        return spell.size * self._flare_share() if spell else 0.0

    def _flare_share(self) -> float:
        """Return how much of a flare is left: full for half of it, then fading."""
        spell = self.character.spell(What.FLARE, self.day)
        if spell is None:
            return 0.0
        through = (self.day - spell.first) / max(1, spell.last - spell.first)
        return float(np.clip(2.0 * (1.0 - through), 0.0, 1.0))


def _hardness(line: Line) -> float:
    factor = 1.0
    for word, times in (*_HARDER.items(), *_EASIER.items()):
        if word in line.form:
            factor *= times
    return factor * (1.2 if line.load else 1.0)


def _felt(strain: float) -> str:
    if strain >= TOO_MUCH_FROM:
        return "too_much"
    return "bit_more" if strain >= A_BIT_MORE_FROM else "same"
