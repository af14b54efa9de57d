"""A workout as its summary shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lumbar_server.pages import words
from lumbar_server.pages.forms import tag_of
from lumbar_server.pages.rendering import percent
from lumbar_server.pages.set_view import SetView, set_view
from lumbar_server.record import SessionRecord
from lumbar_server.routes.request import is_simulated

_STATES = {
    "receiving": "still receiving",
    "complete": "all received",
    "complete_with_gaps": "received with gaps",
}


@dataclass(frozen=True, slots=True)
class Total:
    """All that was done of one exercise, set by set: ``8 · 8``."""

    name: str
    done: str
    repetitions: int
    longest_hold_s: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """To be sent back with a change; one for each form, that none is in the other's way."""

    felt: str
    note: str
    times: str
    kept: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What the wearer says of the workout as a whole."""

    seen: Seen
    comfort_before: int | None
    comfort_during: int | None  # at its worst
    comfort_after: int | None
    effort: int | None
    note: str
    discarded: bool
    started_local: str  # as an input takes them
    ended_local: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A workout."""

    id: int
    wearer_id: int
    wearer: str
    time_zone: str
    started_utc: datetime
    duration_s: float | None  # None while it runs
    sets: tuple[SetView, ...]
    totals: tuple[Total, ...]
    answers: Answers
    facts: tuple[str, ...]
    is_simulated: bool


def summary_of(session: SessionRecord) -> Summary:
    """Return what the summary shows."""
    return Summary(
        id=session.id,
        wearer_id=session.wearer_id,
        wearer=session.wearer_name,
        time_zone=session.time_zone,
        started_utc=session.started_utc,
        duration_s=session.duration_s,
        sets=tuple(set_view(one) for one in session.sets),
        totals=totals_of(session),
        answers=answers_of(session),
        facts=_facts(session),
        is_simulated=any(is_simulated(part.sensor_id) for part in session.parts),
    )


def totals_of(session: SessionRecord) -> tuple[Total, ...]:
    """Return what was done by exercise, in the order in which each was begun."""
    totals = []
    for exercise in dict.fromkeys(one.exercise for one in session.done):
        sets = [one for one in session.done if one.exercise == exercise]
        holds_s = [hold_s for one in sets for hold_s in one.holds_s]
        each = " · ".join(words.done(one.repetitions, one.holds_s) for one in sets)
        repetitions = sum(one.repetitions for one in sets)
        longest_s = max(holds_s) if holds_s else None
        totals.append(Total(words.exercise(exercise), each, repetitions, longest_s))
    return tuple(totals)


def answers_of(session: SessionRecord) -> Answers:
    """Return what the wearer says of the whole."""
    felt = (
        session.comfort_before,
        session.comfort_during,
        session.comfort_after,
        session.effort,
    )
    ended_utc = session.ended_utc
    return Answers(
        Seen(
            felt=tag_of(*felt),
            note=tag_of(session.note),
            times=tag_of(session.started_utc, ended_utc),
            kept=tag_of(session.discarded),
        ),
        *felt,
        note=session.note,
        discarded=session.discarded,
        started_local=_local(session.started_utc, session.time_zone),
        ended_local=None if ended_utc is None else _local(ended_utc, session.time_zone),
    )


def _local(at_utc: datetime, time_zone: str) -> str:
    local = at_utc.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
    return local.isoformat(timespec="seconds")


def _facts(session: SessionRecord) -> tuple[str, ...]:
    facts = []
    for part in session.parts:
        received = f"{_STATES[part.state.value]}, {percent(part.coverage)}"
        detector = f"detector {part.detector_version}"
        if part.detector_version is None:
            detector = "recorded only: its rate does not suit the detector"
        facts.append(f"Sensor {part.sensor_id}: {received}, {detector}")
        if part.quarantined:
            facts.append(f"{part.quarantined} messages of {part.sensor_id} set aside")
    if not session.parts:
        facts.append("No sensor was heard during it")
    return tuple(facts)
