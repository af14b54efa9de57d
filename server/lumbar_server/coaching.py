"""What is known of somebody, the plan that follows from it, and what they say before they begin.

Nothing here decides: the rules of ``lumbar_server.programme`` do, over everything that is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lumbar_server.errors import BadRequestError, NotFoundError
from lumbar_server.past_sessions import past_of
from lumbar_server.prescribed_lines import line_of
from lumbar_server.programme.comfort import Limits
from lumbar_server.programme.decisions import Decision, SetOut, decisions_of
from lumbar_server.programme.movement import Catalogue
from lumbar_server.programme.past import Choice, PastSession
from lumbar_server.programme.plan import Length, Plan, Settings
from lumbar_server.programme.planning import plan_of
from lumbar_server.programme.screening import ANY_CHANGE, Screened, Screening, questions, screened
from lumbar_server.record import SessionRecord
from lumbar_server.store import (
    blocks,
    next_days,
    outgoing,
    plan_choices,
    prescriptions,
    programme_settings,
    record,
    screenings,
    stops,
    wearers,
)
from lumbar_server.store.plan_choices import PlanChoiceRow
from lumbar_server.store.programme_settings import ProgrammeSettings
from lumbar_server.store.screenings import ScreeningKind
from lumbar_server.store.wearers import WearerRow

_LONGEST_AGO = timedelta(days=50 * 366)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """Everything of a wearer that the plan follows from."""

    wearer: WearerRow
    records: tuple[SessionRecord, ...]  # that count, the first begun first
    past: tuple[PastSession, ...]  # what of these the rules look at, in the same order
    screenings: tuple[Screening, ...]
    settings: ProgrammeSettings

    @property
    def limits(self) -> Limits:
        """From which number on it is amber or red."""
        return Limits(self.settings.amber_from, self.settings.red_from)

    def screened(self, now_utc: datetime) -> Screened:
        """Return where the wearer stands by all answers."""
        return screened(self.screenings, self.past, self.limits, now_utc)

    def today(self, now_utc: datetime) -> date:
        """Return the wearer's own day."""
        return now_utc.astimezone(ZoneInfo(self.wearer.time_zone)).date()


def known_of(connection: Connection, wearer_id: int) -> Known:
    """Return everything that is known of a wearer; raises ``NotFoundError``."""
    wearer = wearers.one(connection, wearer_id)
    rows = [row for row in outgoing.session_rows(connection, wearer_id) if not row.discarded]
    records = record.of_all(connection, rows)
    set_out = prescriptions.of_wearer(connection, wearer_id)
    begun = blocks.of_wearer(connection, wearer_id)
    stopped = stops.of_wearer(connection, wearer_id)
    answered = next_days.of_wearer(connection, wearer_id)
    past = (
        past_of(
            one,
            set_out.get(one.id),
            begun.get(one.id, ()),
            stopped.get(one.id),
            answered.get(one.id),
        )
        for one in records
    )
    return Known(
        wearer,
        tuple(records),
        tuple(one for one in past if one is not None),
        tuple(
            Screening(
                row.kind == ScreeningKind.FULL, frozenset(row.yes), row.cleared_on, row.at_utc
            )
            for row in screenings.of_wearer(connection, wearer_id)
        ),
        programme_settings.of_wearer(connection, wearer_id),
    )


def plan_for(
    connection: Connection,
    catalogue: Catalogue,
    known: Known,
    length: Length,
    before: int | None,
    now_utc: datetime,
    *,
    was_asked: bool,
) -> Plan:
    """Return the plan of a wearer; ``before`` is how the back is now, if that ``was_asked``."""
    today = known.today(now_utc)
    return plan_of(
        catalogue,
        known.past,
        known.screenings,
        Settings(known.settings.amber_from, known.settings.red_from, known.settings.is_sedentary),
        plan_choices.of_day(connection, known.wearer.id, today),
        length=length,
        before=before,
        was_asked=was_asked,
        time_zone=known.wearer.time_zone,
        now_utc=now_utc,
    )


def decisions(connection: Connection, wearer_id: int) -> list[Decision]:
    """Return what changed the plan of a wearer, and why, the first change first."""
    wearers.one(connection, wearer_id)
    return decisions_of(
        SetOut(row.session_id, row.made_utc, [line_of(line) for line in row.lines])
        for row in prescriptions.of_wearer(connection, wearer_id).values()
    )


def screen(
    connection: Connection,
    wearer_id: int,
    kind: ScreeningKind,
    yes: Collection[str],
    cleared_on: date | None,
    now_utc: datetime,
) -> Screened:
    """Keep answers to the questions before exercise; returns where their wearer then stands.

    Parameters
    ----------
    yes
        Ids of the questions that were answered with yes.
    cleared_on
        When a health professional said that exercise is fine; None where none did.

    Raises
    ------
    NotFoundError
        There is no such wearer.
    BadRequestError
        A question or a day that cannot be.
    """
    wearer = wearers.one(connection, wearer_id)
    asked = {one.id for one in questions()} if kind is ScreeningKind.FULL else {ANY_CHANGE}
    unknown = sorted(set(yes) - asked)
    if unknown:
        where = "GET /api/v1/programme/questions lists all"
        what = where if kind is ScreeningKind.FULL else f"a line asks {ANY_CHANGE} only"
        raise BadRequestError(f"yes: {unknown[0]} is none of the questions; {what}")
    if cleared_on is not None:
        today = now_utc.astimezone(ZoneInfo(wearer.time_zone)).date()
        if not today - _LONGEST_AGO <= cleared_on <= today:
            raise BadRequestError(
                f"cleared_on: give the day on which a health professional said so, {today} at most"
            )
    screenings.add(connection, wearer_id, kind, yes, cleared_on, now_utc)
    return known_of(connection, wearer_id).screened(now_utc)


def choose(
    connection: Connection,
    catalogue: Catalogue,
    wearer_id: int,
    day: date,
    ladder: str,
    choice: Choice | None,
    now_utc: datetime,
) -> None:
    """Keep what a wearer chose for a line of a day; None takes it back.

    Raises
    ------
    NotFoundError
        There is no such wearer or ladder.
    BadRequestError
        The day is not near.
    """
    wearer = wearers.one(connection, wearer_id)
    if ladder not in catalogue.ladders:
        known = ", ".join(sorted(catalogue.ladders))
        raise NotFoundError(f"no ladder {ladder}: there are {known}")
    today = now_utc.astimezone(ZoneInfo(wearer.time_zone)).date()
    if not today - _ONE_DAY <= day <= today + _ONE_DAY:
        raise BadRequestError(f"day: choices are made for {today}, the wearer's own day")
    if choice is None:
        plan_choices.take_back(connection, wearer_id, day, ladder, now_utc)
    else:
        chosen = PlanChoiceRow(wearer_id, day, ladder, choice)
        plan_choices.put(connection, chosen, now_utc)


def change_settings(
    connection: Connection, wearer_id: int, values: Mapping[str, Any], now_utc: datetime
) -> ProgrammeSettings:
    """Change what a wearer set of the programme.

    Raises ``NotFoundError``, and ``BadRequestError`` where a threshold would be raised.
    """
    wearers.one(connection, wearer_id)
    before = programme_settings.of_wearer(connection, wearer_id)
    both = {name: getattr(before, name) for name in ("amber_from", "red_from")}
    both |= {name: value for name, value in values.items() if name in both}
    try:
        Limits(**both)
    except ValueError as error:
        raise BadRequestError(str(error)) from None
    return programme_settings.change(connection, before, values, now_utc)
