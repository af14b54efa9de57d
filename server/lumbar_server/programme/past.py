"""The past as the rules see it: what was set out, what was done of it, and how it felt."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class NextDay(enum.StrEnum):
    """How the back was the day after."""

    USUAL = "usual"  # back to usual
    BIT_MORE = "bit_more"  # still a bit more
    WORSE = "worse"  # clearly worse


class Felt(enum.StrEnum):
    """How a block felt."""

    SAME = "same"
    BIT_MORE = "bit_more"
    TOO_MUCH = "too_much"


class StopReason(enum.StrEnum):
    """Why somebody stopped, in answer to the one question."""

    DONE = "done"
    TOO_MUCH = "too_much"
    SHARP = "sharp"  # sharp or shooting
    LEGS = "legs"  # something new in the legs
    DIZZY = "dizzy"
    OTHER = "other"


class Choice(enum.StrEnum):
    """What a person chose for a line of the plan."""

    EASIER = "easier"
    SKIP = "skip"
    SWAP = "swap"  # of a line that was set out: it stands in for the usual one


@dataclass(frozen=True, slots=True)
class DoneLine:
    """One line of a plan, and what was done of it."""

    ladder: str
    rung: int  # that was set out
    exercise: str
    form: str
    choice: Choice | None
    is_reduced: bool  # it was set out with fewer sets, or shorter, than its rung
    why: str  # as it was shown
    done_share: float  # of all its repetitions or holds; 1 or more is all of it
    valid_share: float | None  # of the repetitions that were seen; None: none was to be judged
    in_band_share: float | None  # of the time that was seen
    is_confirmed: bool  # the wearer has said how many there were
    felt: Felt | None


@dataclass(frozen=True, slots=True)
class PastSession:
    """A workout of the past; ``lines`` is empty where it followed no plan.

    ``before``, ``during`` and ``after`` are 0 (no discomfort) to 10 (the worst).
    """

    id: int
    started_utc: datetime
    ended_utc: datetime
    lines: tuple[DoneLine, ...]
    exercises: frozenset[str]  # all that were done, planned or not
    before: int | None
    during: int | None
    after: int | None
    next_day: NextDay | None
    next_day_utc: datetime | None  # when that was said
    stop: StopReason | None
    coverage: float | None
    is_calibrated: bool | None  # None: no sensor was worn
