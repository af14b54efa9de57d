"""What was set out and what people said of it: stored, answered again, told, and gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from lumbar_server.database import reading, writing
from lumbar_server.errors import NotFoundError
from lumbar_server.programme.past import Choice, Felt, NextDay, StopReason
from lumbar_server.store import (
    blocks,
    changes,
    next_days,
    plan_choices,
    prescriptions,
    programme_settings,
    record,
    screenings,
    sessions,
    stops,
    whole,
)
from lumbar_server.store.next_days import NextDayRow
from lumbar_server.store.plan_choices import PlanChoiceRow
from lumbar_server.store.prescriptions import PrescriptionRow
from lumbar_server.store.programme_settings import ProgrammeSettings
from lumbar_server.store.screenings import ScreeningKind
from lumbar_server.store.sessions import SessionKind
from lumbar_server.store.stops import StopRow

NOW_UTC = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
LATER_UTC = NOW_UTC + timedelta(minutes=1)
DAY = date(2026, 3, 2)
LINES = [{"ladder": "bridge", "exercise": "glute_bridge"}]


@pytest.fixture
def database(engine: Engine) -> Iterator[Connection]:
    with writing(engine) as connection:
        yield connection


@pytest.fixture
def session_id(database: Connection) -> int:
    kind = SessionKind.EXPLICIT
    return sessions.add(database, 1, kind, NOW_UTC, None, NOW_UTC).id


@pytest.fixture
def planned(database: Connection, session_id: int) -> PrescriptionRow:
    row = PrescriptionRow(session_id, "strength", "full", LINES, "ab" * 32, NOW_UTC)
    prescriptions.add(database, row)
    return row


def told_since(connection: Connection, number: int) -> set[tuple[str, str]]:
    return {(one.kind, one.key) for one in changes.since(connection, number, 100)}


def test_every_screening_stays(database: Connection) -> None:
    number = changes.newest_number(database)
    first = screenings.add(database, 1, ScreeningKind.FULL, ["b", "a", "b"], DAY, NOW_UTC)
    assert first.yes == ("a", "b")
    second = screenings.add(database, 1, ScreeningKind.LINE, [], None, LATER_UTC)
    assert screenings.of_wearer(database, 1) == [first, second]
    assert screenings.of_wearer(database, 2) == []
    assert told_since(database, number) == {("wearer", "1")}


def test_a_prescription_is_found_as_it_was_set_out(
    database: Connection, planned: PrescriptionRow
) -> None:
    assert prescriptions.one(database, planned.session_id) == planned
    assert prescriptions.of_wearer(database, 1) == {planned.session_id: planned}
    assert prescriptions.of_wearer(database, 2) == {}


def test_a_session_that_follows_a_plan_is_told_from_one_that_does_not(
    database: Connection, planned: PrescriptionRow
) -> None:
    assert record.read(database, planned.session_id).is_planned
    other = sessions.add(database, 1, SessionKind.EXPLICIT, LATER_UTC, LATER_UTC, LATER_UTC)
    assert not record.read(database, other.id).is_planned


def test_a_session_without_a_plan_says_how_to_have_one(
    database: Connection, session_id: int
) -> None:
    assert prescriptions.find(database, session_id) is None
    with pytest.raises(NotFoundError, match="planned-sessions"):
        prescriptions.one(database, session_id)


def test_a_block_begins_where_the_one_before_ends(
    database: Connection, planned: PrescriptionRow
) -> None:
    number = changes.newest_number(database)
    first = blocks.begin(database, planned.session_id, 0, "glute_bridge", NOW_UTC)
    second = blocks.begin(database, planned.session_id, 1, "bird_dog", LATER_UTC)
    before, now = blocks.of_session(database, planned.session_id)
    assert (before.id, before.ended_utc) == (first.id, LATER_UTC)
    assert now == second
    assert now.ended_utc is None
    assert told_since(database, number) == {("session", str(planned.session_id))}


def test_how_a_block_felt_can_be_said_again(database: Connection, planned: PrescriptionRow) -> None:
    begun = blocks.begin(database, planned.session_id, 0, "glute_bridge", NOW_UTC)
    ended = blocks.end(database, begun, Felt.SAME, LATER_UTC)
    again = blocks.end(database, ended, Felt.TOO_MUCH, LATER_UTC + timedelta(hours=1))
    assert blocks.one(database, planned.session_id, begun.id) == again
    assert (again.ended_utc, again.felt) == (LATER_UTC, Felt.TOO_MUCH)
    assert blocks.of_wearer(database, 1) == {planned.session_id: [again]}


def test_a_block_does_not_end_before_it_begins(
    database: Connection, planned: PrescriptionRow
) -> None:
    begun = blocks.begin(database, planned.session_id, 0, "glute_bridge", LATER_UTC)
    assert blocks.end(database, begun, None, NOW_UTC).ended_utc == LATER_UTC


def test_a_block_of_another_session_is_not_found(
    database: Connection, planned: PrescriptionRow
) -> None:
    begun = blocks.begin(database, planned.session_id, 0, "glute_bridge", NOW_UTC)
    with pytest.raises(NotFoundError, match="no block"):
        blocks.one(database, planned.session_id + 1, begun.id)


def test_an_answer_takes_the_place_of_the_one_before(database: Connection, session_id: int) -> None:
    next_days.put(database, NextDayRow(session_id, NextDay.USUAL, NOW_UTC))
    worse = NextDayRow(session_id, NextDay.WORSE, LATER_UTC)
    next_days.put(database, worse)
    assert next_days.find(database, session_id) == worse
    assert next_days.of_wearer(database, 1) == {session_id: worse}
    stops.put(database, StopRow(session_id, StopReason.DONE, 2, NOW_UTC))
    sharp = StopRow(session_id, StopReason.SHARP, None, LATER_UTC)
    stops.put(database, sharp)
    assert stops.find(database, session_id) == sharp
    assert stops.of_wearer(database, 1) == {session_id: sharp}


def test_nothing_said_is_nothing(database: Connection, session_id: int) -> None:
    assert next_days.find(database, session_id) is None
    assert stops.find(database, session_id) is None
    assert blocks.of_session(database, session_id) == []


def test_a_choice_is_of_one_day_and_can_be_taken_back(database: Connection) -> None:
    plan_choices.put(database, PlanChoiceRow(1, DAY, "bridge", Choice.SKIP), NOW_UTC)
    plan_choices.put(database, PlanChoiceRow(1, DAY, "bridge", Choice.EASIER), NOW_UTC)
    other = PlanChoiceRow(1, DAY + timedelta(days=1), "plank", Choice.SWAP)
    plan_choices.put(database, other, NOW_UTC)
    assert plan_choices.of_day(database, 1, DAY) == {"bridge": Choice.EASIER}
    number = changes.newest_number(database)
    plan_choices.take_back(database, 1, DAY, "bridge", NOW_UTC)
    assert told_since(database, number) == {("wearer", "1")}
    assert plan_choices.of_wearer(database, 1) == [other]


def test_settings_are_what_the_programme_comes_with_until_somebody_changes_them(
    database: Connection,
) -> None:
    before = programme_settings.of_wearer(database, 1)
    assert before == ProgrammeSettings(1)
    number = changes.newest_number(database)
    programme_settings.change(database, before, {"red_from": 6}, NOW_UTC)
    assert not told_since(database, number)
    after = programme_settings.change(database, before, {"red_from": 5}, NOW_UTC)
    assert programme_settings.of_wearer(database, 1) == after
    assert after == ProgrammeSettings(1, red_from=5)
    assert told_since(database, number) == {("wearer", "1")}


def test_what_is_of_a_session_goes_with_it(database: Connection, planned: PrescriptionRow) -> None:
    blocks.begin(database, planned.session_id, 0, "glute_bridge", NOW_UTC)
    next_days.put(database, NextDayRow(planned.session_id, NextDay.USUAL, NOW_UTC))
    stops.put(database, StopRow(planned.session_id, StopReason.DONE, 2, NOW_UTC))
    sessions.remove(database, planned.session_id, NOW_UTC)
    left = {one.name: one.rows for one in whole.sums(database)}
    assert [left[name] for name in ("prescriptions", "blocks", "next_days", "stops")] == [0] * 4


def test_what_is_of_a_wearer_can_be_forgotten(engine: Engine) -> None:
    with writing(engine) as connection:
        screenings.add(connection, 1, ScreeningKind.FULL, [], DAY, NOW_UTC)
        plan_choices.put(connection, PlanChoiceRow(1, DAY, "bridge", Choice.SKIP), NOW_UTC)
        settings = programme_settings.of_wearer(connection, 1)
        programme_settings.change(connection, settings, {"is_sedentary": True}, NOW_UTC)
        for store in (screenings, plan_choices, programme_settings):
            store.forget(connection, 1)
    with reading(engine) as connection:
        assert screenings.of_wearer(connection, 1) == []
        assert plan_choices.of_wearer(connection, 1) == []
        assert programme_settings.of_wearer(connection, 1) == ProgrammeSettings(1)
