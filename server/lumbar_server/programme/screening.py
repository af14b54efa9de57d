"""Questions before anybody exercises: three levels, and what each asks for."""

from __future__ import annotations

import enum
import functools
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from lumbar_server.programme.comfort import Limits, Zone, felt_of
from lumbar_server.programme.past import NextDay, PastSession, StopReason

ANY_CHANGE = "any_change"
"""The one line of every session: any change in legs, bladder, fever, fall?"""
FULL_EVERY = timedelta(weeks=4)
_CLOCK_ERROR = timedelta(days=1)


class Level(enum.StrEnum):
    """What the answers ask for, least first."""

    NONE = "none"
    CARE = "care"
    SEE = "see"
    EMERGENCY = "emergency"


class Caution(enum.StrEnum):
    """What a plan takes care of."""

    GENTLE = "gentle"
    JOINTS = "joints"
    BLOOD_PRESSURE = "blood_pressure"
    HEAD_DOWN = "head_down"
    SKIN = "skin"


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose yes means something."""

    id: str
    level: Level
    text: str
    caution: Caution | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """What was answered; ``yes`` has the ids of questions.

    ``full`` is the whole questionnaire, else it is the one line of a session, or what a health
    professional said (``cleared_on``).
    """

    full: bool
    yes: frozenset[str]
    cleared_on: date | None
    at_utc: datetime


@dataclass(frozen=True, slots=True)
class Screened:
    """Where a person stands."""

    level: Level
    full_is_due: bool
    cautions: frozenset[Caution]
    why: str  # a sentence


@functools.cache
def questions() -> tuple[Question, ...]:
    """Return all questions in order, the urgent ones first."""
    text = (Path(__file__).parent / "screening.toml").read_text(encoding="utf-8")
    return tuple(
        Question(
            one["id"],
            Level(one["level"]),
            one["text"],
            Caution(one["caution"]) if "caution" in one else None,
        )
        for one in tomllib.loads(text)["question"]
    )


def screened(
    screenings: Sequence[Screening],
    past: Sequence[PastSession],
    limits: Limits,
    now_utc: datetime,
) -> Screened:
    """Return where a person stands by all answers so far, in any order."""
    answered = sorted(screenings, key=lambda one: one.at_utc)
    newest = next((one for one in reversed(answered) if one.full), None)
    if newest is None:
        return Screened(
            Level.NONE, True, frozenset(), "Some questions come first, so that the plan suits you."
        )
    level = _level(newest, answered)
    due = _why_due(newest, answered, past, limits, now_utc)
    cautions = frozenset(
        one.caution for one in questions() if one.caution is not None and one.id in newest.yes
    )
    return Screened(level, due is not None, cautions, due or _SENTENCES[level])


_SENTENCES = {
    Level.NONE: "Nothing in your answers speaks against exercise.",
    Level.CARE: "By your answers the plan begins gently and goes in smaller steps.",
    Level.SEE: "Please see a health professional before you exercise.",
    Level.EMERGENCY: "Please get urgent medical help now. Do not exercise.",
}


def _level(newest: Screening, answered: Iterable[Screening]) -> Level:
    yes = _flags(newest, Level.EMERGENCY)
    if yes:
        return Level.EMERGENCY
    see = _flags(newest, Level.SEE)
    if see - _cleared(answered):
        return Level.SEE
    return Level.CARE if see or _flags(newest, Level.CARE) else Level.NONE


def _flags(answered: Screening, level: Level) -> frozenset[str]:
    return frozenset(one.id for one in questions() if one.level is level and one.id in answered.yes)


def _cleared(answered: Iterable[Screening]) -> frozenset[str]:
    """Return the flags that a health professional knew of when they said that it is fine."""
    known: frozenset[str] = frozenset()
    cleared: frozenset[str] = frozenset()
    for one in answered:
        if one.full:
            known = _flags(one, Level.SEE)
        if one.cleared_on is not None:
            cleared |= known
    return cleared


def _why_due(
    newest: Screening,
    answered: Iterable[Screening],
    past: Iterable[PastSession],
    limits: Limits,
    now_utc: datetime,
) -> str | None:
    """Return why all questions are to be answered again; None where they are not."""
    age = now_utc - newest.at_utc
    if age >= FULL_EVERY:
        return "Four weeks have passed: please answer the questions again."
    if age < -_CLOCK_ERROR:
        return "Your answers lie in the future, so a clock was wrong: please answer them again."
    if any(ANY_CHANGE in one.yes and one.at_utc > newest.at_utc for one in answered):
        return "You said that something has changed: please answer the questions again."
    since = [one for one in past if _told_utc(one) > newest.at_utc]
    if any(one.stop is StopReason.LEGS for one in since):
        return "You felt something new in the legs: please answer the questions again."
    if any(felt_of(one, limits).zone is Zone.RED for one in since):
        return "The last time was too much for your back: please answer the questions again."
    return None


def _told_utc(session: PastSession) -> datetime:
    """Return when it became known how bad a session was."""
    if session.next_day is NextDay.WORSE and session.next_day_utc is not None:
        return max(session.ended_utc, session.next_day_utc)
    return session.ended_utc
