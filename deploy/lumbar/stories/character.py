"""Who is simulated: how a back answers to work, what somebody does and says, what befalls them."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from lumbar_sim.placement import Placement
from lumbar_sim.wearer import Wearer


class What(enum.StrEnum):
    """What befalls somebody for some days."""

    FLARE = "flare"  # a worse back for no known reason; fades
    AWAY = "away"  # no exercise at all
    SILENT = "silent"  # answers nothing
    UNCONFIRMED = "unconfirmed"  # confirms no counts
    ABROAD = "abroad"  # in another time zone
    CLOCK_AHEAD = "clock_ahead"  # the household's clock is
    OUT_OF_RANGE = "out_of_range"  # samples arrive when it is over, the newest first
    ALONE = "alone"  # exercises without the plan
    TAKES_BACK = "takes_back"  # says on the last day that the answer of the first was another
    LEG = "leg"  # tingling down a leg; goes to see somebody on the last day
    TOO_EAGER = "too_eager"  # works much harder than set out


@dataclass(frozen=True, slots=True)
class Spell:
    """Some days, counted from 0; both are included."""

    what: What
    first: int
    last: int
    size: float = 0.0  # of a flare in points, of a clock in hours, of eagerness as a factor
    where: str = ""  # a time zone


@dataclass(frozen=True, slots=True)
class Back:
    """How a simulated back feels; invented, and no model of any real one.

    Parameters
    ----------
    usual, spread
        Discomfort on most days, 0 to 10, and how much it comes and goes.
    answers
        By how many points discomfort rises where the work is twice what is taken well.
    """

    usual: float
    spread: float
    answers: float


@dataclass(frozen=True, slots=True)
class Habits:
    """How reliably somebody does what they are asked, as chances.

    ``comes`` is about training days, ``moves`` about the days between them, ``slack`` about a set
    with a repetition more or fewer than set out.
    """

    comes: float
    moves: float
    answers_before: float
    answers_after: float
    answers_next_day: float
    confirms: float
    slack: float


@dataclass(frozen=True, slots=True)
class Character:
    """One simulated person.

    Parameters
    ----------
    about
        A sentence for the reader.
    weekdays
        Training days, Monday is 0.
    hour
        When they exercise, by their own clock.
    headroom
        How many times the first dose of a movement is taken well in the beginning.
    growth
        Factor by which that grows with every session.
    yes
        Which questions about health are always answered with yes.
    """

    name: str
    about: str
    seed: int
    time_zone: str
    weekdays: frozenset[int]
    hour: float
    back: Back
    habits: Habits
    headroom: float
    growth: float
    wearer: Wearer
    placement: Placement
    yes: frozenset[str] = frozenset()
    spells: tuple[Spell, ...] = ()

    def spell(self, what: What, day: int) -> Spell | None:
        """Return what of a kind befalls them on a day."""
        mine = (one for one in self.spells if one.what is what and one.first <= day <= one.last)
        return next(mine, None)

    def zone_on(self, day: int) -> str:
        """Return the time zone that they are in."""
        abroad = self.spell(What.ABROAD, day)
        return abroad.where if abroad else self.time_zone
