"""After weeks: adherence without blame, and a person's own figures where there are enough."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from lumbar_server.detected import DeviationSpan
from lumbar_server.pages.weeks_view import answers_of, change_text, figures_of, told_of, weeks_of
from lumbar_server.programme.past import Choice, NextDay, PastSession
from lumbar_server.record import RecordedSet, SessionRecord
from programme_past import line
from programme_past import session as past_session
from recorded import BEGUN_UTC, detected, session

ZONE = "Europe/Vienna"
MONDAY = date(2026, 11, 2)


def past(day: date, *shares: float, next_day: NextDay | None = None) -> PastSession:
    """A session of an evening in Vienna, with so much done of each line."""
    started_utc = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
    return replace(
        past_session(0),
        id=day.toordinal(),
        started_utc=started_utc,
        ended_utc=started_utc + timedelta(minutes=15),
        lines=tuple(line(done_share=share) for share in shares),
        next_day=next_day,
    )


def days(*offsets: int) -> list[PastSession]:
    return [past(MONDAY + timedelta(days=offset), 1.0) for offset in offsets]


def weeks(
    done: Sequence[PastSession], today: date, rest: frozenset[date] = frozenset()
) -> list[tuple[int, int, int, int, int | None]]:
    found = weeks_of(done, rest.__contains__, ZONE, today, 12)
    return [(one.first.day, one.done, one.partly, one.rested, one.missed) for one in found]


def test_weeks_count_what_was_done_and_call_the_days_between_rest() -> None:
    done = days(0, 2, 4, 8)
    today = MONDAY + timedelta(days=14)
    assert weeks(done, today) == [(16, 0, 0, 1, None), (9, 1, 0, 4, 2), (2, 3, 0, 4, 0)]


def test_nothing_of_the_present_week_is_missed_yet() -> None:
    assert weeks(days(0), MONDAY + timedelta(days=6)) == [(2, 1, 0, 6, None)]


def test_week_in_which_somebody_begins_asks_for_its_share_only() -> None:
    assert weeks(days(6), MONDAY + timedelta(days=7))[-1] == (2, 1, 0, 0, 0)


def test_days_of_a_pause_are_not_missed() -> None:
    pause = frozenset(MONDAY + timedelta(days=n) for n in range(7, 14))
    today = MONDAY + timedelta(days=14)
    assert weeks(days(0, 2, 4), today, pause)[1] == (9, 0, 0, 7, 0)
    assert weeks(days(0, 2, 4), today)[1] == (9, 0, 0, 4, 3)


def test_session_with_much_left_out_is_partly_done() -> None:
    done = [past(MONDAY, 1.0, 0.7), past(MONDAY + timedelta(days=2), 1.0, 0.0), past(MONDAY)]
    (week,) = weeks_of(done, lambda _: False, ZONE, MONDAY + timedelta(days=3), 12)
    assert (week.done, week.partly) == (2, 1)


def test_change_tells_only_what_changed() -> None:
    change = change_text("2 x 8 of 2 s, full height", "2 x 9 of 2 s, full height")
    assert change == "2\u00a0×\u00a08 of 2 s → 2\u00a0×\u00a09 of 2 s"
    form = change_text("3 x 30 s, at the wall", "3 x 10 s, at a counter")
    assert form == "3\u00a0×\u00a030 s, at the wall → 3\u00a0×\u00a010 s, at a counter"


def test_line_that_was_left_out_by_choice_is_not_missed() -> None:
    done = past(MONDAY, 1.0)
    skipped = replace(done.lines[0], choice=Choice.SKIP, done_share=0.0)
    done = replace(done, lines=(*done.lines, skipped, skipped))
    (week,) = weeks_of([done], lambda _: False, ZONE, MONDAY, 12)
    assert (week.done, week.partly) == (1, 0)


def test_without_a_session_there_are_no_weeks() -> None:
    assert weeks([], MONDAY) == []


def test_days_after_are_counted_by_week_and_silence_is_silence() -> None:
    said = [
        past(MONDAY, next_day=NextDay.USUAL),
        past(MONDAY + timedelta(days=2), next_day=NextDay.WORSE),
        past(MONDAY + timedelta(days=4)),
        past(MONDAY + timedelta(days=14), next_day=NextDay.BIT_MORE),
    ]
    found = weeks_of(said, lambda _: False, ZONE, MONDAY + timedelta(days=20), 12)
    first, last = answers_of(said, found, ZONE)
    assert (first.first, first.usual, first.bit_more, first.worse, first.unsaid) == (
        MONDAY,
        1,
        0,
        1,
        1,
    )
    assert told_of([first, last]) == (
        "Back to usual after 1 of 3 sessions that you told of; 1 not told."
    )
    assert told_of([]) == "Nothing was told of the days after yet: Today asks."
    assert (last.usual, last.bit_more, last.worse, last.unsaid) == (0, 1, 0, 0)


def workouts(*sets: RecordedSet) -> list[SessionRecord]:
    return [
        session(one, id=n, started_utc=BEGUN_UTC + timedelta(days=2 * n))
        for n, one in enumerate(sets)
    ]


def plank(hold_s: float) -> RecordedSet:
    return RecordedSet(detected("wall_plank", 0, (10.0, hold_s)), None)


def test_longest_plank_is_told_at_first_and_of_late() -> None:
    (figure,) = [
        one
        for one in figures_of(workouts(*map(plank, (12, 10, 15, 20, 30, 25))))
        if one.id == "plank"
    ]
    assert figure.is_better
    assert [one.value for one in figure.values] == [12, 10, 15, 20, 30, 25]
    assert figure.sentence == (
        "Longest plank: 12\u00a0s at first, 25\u00a0s of late (the middle one of 3 workouts)."
    )


def test_figure_that_did_not_grow_is_about_as_before() -> None:
    (figure,) = [one for one in figures_of(workouts(*map(plank, [20.0] * 4))) if one.id == "plank"]
    assert not figure.is_better
    assert "about as before: 20\u00a0s" in figure.sentence


def test_too_few_workouts_make_no_figure() -> None:
    assert figures_of(workouts(*map(plank, (10, 20, 30)))) == ()


def test_range_of_the_bridge_and_level_hips_are_told_and_what_grew_comes_first() -> None:
    sets = []
    for n in range(4):
        found = detected(range_deg=20.0)
        tilted = DeviationSpan("roll_left", found.start_s, found.start_s + 3.0 * (4 - n), 9.0)
        sets.append(RecordedSet(replace(found, deviations=(tilted,)), None))
    level, bridge = figures_of(workouts(*sets))
    assert (level.id, bridge.id) == ("level", "bridge")
    assert [round(one.value) for one in level.values] == [20, 40, 60, 80]
    assert "30\u00a0% at first, 70\u00a0% of late" in level.sentence
    assert "20°" in bridge.sentence
