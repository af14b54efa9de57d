"""What happened, day by day: plain values for the story and for its judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from lumbar.stories.line import Line


@dataclass(frozen=True, slots=True)
class Life:
    """Something that has nothing to do with the program."""

    text: str


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions about health were answered."""

    kind: str  # full or line
    yes: tuple[str, ...]
    level: str
    cautions: tuple[str, ...]
    why: str
    cleared: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan as it was shown when somebody wanted to exercise."""

    state: str
    kind: str
    length: str
    why: str
    minutes: int
    lines: tuple[Line, ...]
    assumptions: tuple[str, ...]
    held_back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server refused to begin a session."""

    why: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session, and what was said of it until it was over."""

    id: int
    began_utc: datetime  # truly
    started_utc: datetime  # by the household's clock
    kind: str
    length: str
    lines: tuple[Line, ...]  # as set out
    begun: int  # lines of them
    shares: tuple[float, ...]  # of the sets that were set out, for each line that was begun
    felt: tuple[str | None, ...]
    before: int | None
    during: int | None
    after: int | None
    stop: str | None
    confirmed: int  # counts that the person put right or confirmed
    unseen: int  # sets of which nothing was seen, or something else
    arrives_late: bool


@dataclass(frozen=True, slots=True)
class OnTheirOwn:
    """Exercise without the plan."""

    exercises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextDay:
    """How the day after was, as said."""

    session_id: int
    answer: str
    hours_after: float
    instead_of: str | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Samples of sessions came late."""

    session_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the plan decided of one movement, and why."""

    session_id: int
    ladder: str
    name: str
    before: str | None
    after: str
    rule: str
    why: str
    at_utc: str


Event = Life | Questions | Plan | Refusal | Session | OnTheirOwn | NextDay | Arrival


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened on a day of the person's own."""

    at_utc: datetime
    day: date
    number: int  # of the day, from 0
    event: Event


@dataclass
class Diary:
    """All of it, in the order in which it happened."""

    name: str
    about: str
    started_on: date
    days: int
    entries: list[Entry] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)  # of all the time

    def sessions(self) -> list[Session]:
        """Return all sessions that followed a plan."""
        return [one.event for one in self.entries if isinstance(one.event, Session)]
