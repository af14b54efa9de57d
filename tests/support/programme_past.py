"""Past sessions as the rules of the programme see them: good ones, unless said otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lumbar_server.programme.movement import (
    Catalogue,
    Counting,
    Dose,
    Kind,
    Ladder,
    Movement,
    Need,
    Rung,
)
from lumbar_server.programme.past import DoneLine, NextDay, PastSession
from lumbar_server.programme.screening import Screening

MONDAY_UTC = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
NOW_UTC = MONDAY_UTC + timedelta(days=4)

BRIDGE = "glute_bridge"
BUG = "dead_bug"


def movement(exercise: str, **said: Any) -> Movement:
    usual = Movement(
        exercise=exercise,
        name=exercise.replace("_", " ").capitalize(),
        purpose="Does good.",
        kind=Kind.STRENGTH,
        needs=frozenset(),
        counting=Counting.HIGH,
        lies_on_sensor=True,
        rest_s=60.0,
        repetition_s=7.0,
        cues=(),
        sees=(),
        cannot_see=(),
        say={},
        grade=(),
        sources=(),
    )
    return replace(usual, **said)


def ladder(exercise: str) -> Ladder:
    """Return six rungs; a beginner begins with the second of them, ``full``."""
    forms = ("half", "full", "full", "full", "full", "full")
    counts = (8, 8, 9, 10, 11, 12)
    rungs = tuple(
        Rung(exercise, form, Dose(2, n, 2.0, per_side=False))
        for form, n in zip(forms, counts, strict=True)
    )
    return Ladder(exercise, rungs, start=1)


def hold_ladder(exercise: str, *holds_s: float) -> Ladder:
    """Return a rung for each hold, all of one form; a beginner begins with the first."""
    rungs = tuple(Rung(exercise, "full", Dose(3, None, s, per_side=False)) for s in holds_s)
    return Ladder(exercise, rungs, start=0)


SMALL = Catalogue(
    movements={
        BRIDGE: movement(BRIDGE),
        BUG: movement(BUG, counting=Counting.ASK, kind=Kind.CONTROL),
    },
    ladders={BRIDGE: ladder(BRIDGE), BUG: ladder(BUG)},
    reviewed_by=None,
    reviewed_on=None,
    sha256="",
)

LARGER = Catalogue(
    movements={
        **SMALL.movements,
        "bird_dog": movement("bird_dog", kind=Kind.CONTROL, needs=frozenset({Need.ALL_FOURS})),
        "plank": movement("plank", kind=Kind.CONTROL, needs=frozenset({Need.LONG_HOLD})),
        "cat_cow": movement("cat_cow", kind=Kind.MOBILITY, needs=frozenset({Need.ALL_FOURS})),
        "knees_to_chest": movement("knees_to_chest", kind=Kind.MOBILITY),
    },
    ladders={
        **SMALL.ladders,
        "bird_dog": ladder("bird_dog"),
        "plank": hold_ladder("plank", 5.0, 10.0, 15.0, 20.0),
        "cat_cow": ladder("cat_cow"),
        "knees_to_chest": hold_ladder("knees_to_chest", 20.0, 30.0),
    },
    reviewed_by=None,
    reviewed_on=None,
    sha256="",
)


def line(exercise: str = BRIDGE, rung: int = 1, **said: Any) -> DoneLine:
    usual = DoneLine(
        ladder=exercise,
        rung=rung,
        exercise=exercise,
        form="full",
        choice=None,
        is_reduced=False,
        why="",
        done_share=1.0,
        valid_share=1.0,
        in_band_share=1.0,
        is_confirmed=False,
        felt=None,
    )
    return replace(usual, **said)


def session(day: float, *lines: DoneLine, **said: Any) -> PastSession:
    """Return a session of so many days after the first Monday; back to usual a day later."""
    started_utc = MONDAY_UTC + timedelta(days=day)
    ended_utc = started_utc + timedelta(minutes=15)
    usual = PastSession(
        id=round(100 * day) + 1,
        started_utc=started_utc,
        ended_utc=ended_utc,
        lines=lines or (line(),),
        exercises=frozenset(one.exercise for one in lines or (line(),)),
        before=2,
        during=3,
        after=2,
        next_day=NextDay.USUAL,
        next_day_utc=ended_utc + timedelta(hours=24),
        stop=None,
        coverage=1.0,
        is_calibrated=True,
    )
    return replace(usual, **said)


def full_screening(*yes: str, day: float = -1.0) -> Screening:
    return Screening(True, frozenset(yes), None, MONDAY_UTC + timedelta(days=day))
