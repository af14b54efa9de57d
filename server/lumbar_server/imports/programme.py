"""The programme of imported wearers and sessions: what was set out, and what was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import Connection

from lumbar_server.exports import document
from lumbar_server.imports.contents import Contents
from lumbar_server.store import (
    blocks,
    next_days,
    plan_choices,
    prescriptions,
    programme_settings,
    screenings,
    stops,
)
from lumbar_server.store.blocks import BlockRow
from lumbar_server.store.next_days import NextDayRow
from lumbar_server.store.plan_choices import PlanChoiceRow
from lumbar_server.store.prescriptions import PrescriptionRow
from lumbar_server.store.programme_settings import ProgrammeSettings
from lumbar_server.store.stops import StopRow


@dataclass(frozen=True, slots=True)
class Followed:
    """What a session set out to do and what was said of that; of session 0, blocks with id 0."""

    prescription: PrescriptionRow | None
    blocks: tuple[BlockRow, ...]
    stop: StopRow | None
    next_day: NextDayRow | None

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing of it."""
        return self == Followed(None, (), None, None)

    def differences(self, other: Followed) -> list[str]:
        """Return the names of what is not the same."""
        names = (field.name for field in fields(self))
        return [name for name in names if getattr(self, name) != getattr(other, name)]


def followed_here(connection: Connection, session_id: int) -> Followed:
    """Return what is stored of a session."""
    set_out = prescriptions.find(connection, session_id)
    begun = blocks.of_session(connection, session_id)
    stop = stops.find(connection, session_id)
    next_day = next_days.find(connection, session_id)
    return Followed(
        set_out and replace(set_out, session_id=0),
        tuple(replace(one, id=0, session_id=0) for one in begun),
        stop and replace(stop, session_id=0),
        next_day and replace(next_day, session_id=0),
    )


def followed_by(item: document.Session) -> Followed:
    """Return what a file has of a session."""
    told, stop, next_day = item.prescription, item.stop, item.next_day
    set_out = None
    if told is not None:
        lines = [line.model_dump(mode="json") for line in told.lines]
        set_out = PrescriptionRow(
            0, told.kind.value, told.length.value, lines, told.data_sha256, told.made_utc
        )
    return Followed(
        set_out,
        tuple(
            BlockRow(0, 0, one.line, one.exercise, one.begun_utc, one.ended_utc, one.felt)
            for one in item.blocks
        ),
        None if stop is None else StopRow(0, stop.reason, stop.discomfort, stop.at_utc),
        None if next_day is None else NextDayRow(0, next_day.answer, next_day.at_utc),
    )


def add_followed(
    connection: Connection, session_id: int, told: Followed, now_utc: datetime
) -> None:
    """Store what a file has of a session that is new here."""
    if told.prescription is not None:
        prescriptions.add(connection, replace(told.prescription, session_id=session_id))
    for block in told.blocks:
        blocks.add(connection, replace(block, session_id=session_id), now_utc)
    if told.stop is not None:
        stops.put(connection, replace(told.stop, session_id=session_id))
    if told.next_day is not None:
        next_days.put(connection, replace(told.next_day, session_id=session_id))


def bring_programme(
    connection: Connection, contents: Contents, ids: Mapping[str, int], now_utc: datetime
) -> int:
    """Store what the file's wearers answered, chose and set; returns how many answers were new.

    What was chosen or set here stays.
    """
    added = 0
    for name, one in contents.wearers.items():
        added += _bring_screenings(connection, one, ids[name], now_utc)
        for choice in one.choices:
            if choice.ladder not in plan_choices.of_day(connection, ids[name], choice.day):
                row = PlanChoiceRow(ids[name], choice.day, choice.ladder, choice.choice)
                plan_choices.put(connection, row, now_utc)
        if one.programme is not None:
            settings = ProgrammeSettings(ids[name], **one.programme.model_dump())
            programme_settings.bring(connection, settings, now_utc)
    return added


def _bring_screenings(
    connection: Connection, one: document.Wearer, wearer_id: int, now_utc: datetime
) -> int:
    known = {
        (row.at_utc, row.kind, row.yes, row.cleared_on)
        for row in screenings.of_wearer(connection, wearer_id)
    }
    added = 0
    for told in one.screenings:
        yes = tuple(sorted(set(told.yes)))
        if (told.at_utc, told.kind.value, yes, told.cleared_on) in known:
            continue
        known.add((told.at_utc, told.kind.value, yes, told.cleared_on))
        screenings.add(connection, wearer_id, told.kind, yes, told.cleared_on, told.at_utc, now_utc)
        added += 1
    return added
