"""The summary: what was seen stays beside what the wearer says, and one tap says one thing."""

from datetime import UTC, datetime

import pytest

from lumbar_server.errors import BadRequestError, NotFoundError
from lumbar_server.pages.answers import answer_form, answers_from
from lumbar_server.pages.said import said_of, unseen
from lumbar_server.pages.set_view import find_set, key_of, set_view
from lumbar_server.pages.summary_view import answers_of, totals_of
from lumbar_server.record import RecordedSet
from recorded import BEGUN_UTC, detected, said, session

NOW_UTC = datetime(2026, 10, 25, 9, 0, tzinfo=UTC)
SEEN = RecordedSet(detected(), None)


def form(**fields: str) -> dict[str, list[str]]:
    return {name: [text] for name, text in fields.items()}


def test_what_was_seen_stays_beside_what_the_wearer_says() -> None:
    found = detected(repetitions=16)
    view = set_view(RecordedSet(found, said(found, repetitions=18, exercise="pelvic_tilt")))
    assert (view.detected, view.detected_name) == ("16\u00a0×", "Glute bridge")
    assert (view.done, view.name) == ("18\u00a0×", "Pelvic tilt")


def test_tag_of_a_set_changes_with_what_is_said_of_it() -> None:
    found = detected()
    views = [SEEN, RecordedSet(found, said(found, repetitions=6))]
    views.append(RecordedSet(found, said(found, repetitions=7)))
    assert len({set_view(one).seen for one in views}) == 3


def test_one_tap_keeps_what_was_said_before() -> None:
    found = detected()
    before = RecordedSet(found, said(found, exercise="pelvic_tilt"))
    after = said_of(before, form(repetitions="6"), NOW_UTC)
    assert (after.exercise, after.repetitions, after.made_utc) == ("pelvic_tilt", 6, NOW_UTC)
    assert (after.id, after.stream_id, after.start) == (7, found.stream_id, found.start)


def test_first_word_on_a_set_is_of_where_it_was_found() -> None:
    after = said_of(SEEN, form(removed="1"), NOW_UTC)
    assert after.removed
    assert after.repetitions is None
    assert (after.id, after.start, after.end) == (0, detected().start, detected().end)


def test_one_hold_of_several_is_changed() -> None:
    planks = RecordedSet(detected("wall_plank", 0, (10.25, 9.75)), None)
    assert said_of(planks, form(hold="1:12"), NOW_UTC).holds_s == (10.25, 12.0)
    fields = {"hold_s": ["10", "", "1:05"]}
    assert said_of(planks, fields, NOW_UTC).holds_s == (10.0, 65.0)


def test_times_that_come_back_as_shown_stay_exact() -> None:
    after = said_of(SEEN, form(start="1:00", end="1:20"), NOW_UTC)
    assert (after.start_s, after.end_s) == (None, 80.0)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({}, "what to change"),
        ({"repetitions": "-1"}, "repetitions"),
        ({"repetitions": "10001"}, "repetitions"),
        ({"exercise": "chess"}, "one of the list"),
        ({"hold": "0:5"}, "has none"),
        ({"end": "0:10"}, "cannot end before"),
        ({"removed": "yes"}, "removed"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, str], what: str) -> None:
    with pytest.raises(BadRequestError, match=what):
        said_of(SEEN, form(**fields), NOW_UTC)


def test_set_that_nobody_saw_is_told_by_its_wearer() -> None:
    fields = form(exercise="dead_bug", start="4:30", lasted="40", repetitions="10", hold_s="")
    told = unseen(fields, NOW_UTC)
    assert (told.stream_id, told.start_s, told.end_s) == (None, 270.0, 310.0)
    assert (told.exercise, told.repetitions, told.holds_s) == ("dead_bug", 10, None)
    with pytest.raises(BadRequestError, match="how many"):
        unseen(form(exercise="dead_bug", start="4:30"), NOW_UTC)


def test_sets_are_found_by_their_key() -> None:
    own = RecordedSet(None, said(exercise="dead_bug", start_s=1.0, end_s=2.0))
    whole = session(own, SEEN)
    assert [find_set(whole, key_of(one)) for one in whole.sets] == [own, SEEN]
    with pytest.raises(NotFoundError, match="load its page again"):
        find_set(whole, "said-8")


def test_totals_leave_out_what_was_removed() -> None:
    found = detected(start_s=200.0)
    planks = RecordedSet(detected("wall_plank", 0, (10.25, 9.75), start_s=300.0), None)
    whole = session(SEEN, RecordedSet(found, said(found, removed=True)), planks)
    bridge, plank = totals_of(whole)
    assert (bridge.done, bridge.repetitions) == ("5\u00a0×", 5)
    assert (plank.done, plank.longest_hold_s) == ("10\u00a0s · 10\u00a0s", 10.25)


def test_answers_are_taken_form_by_form() -> None:
    whole = session()
    assert answers_from(form(comfort_before="3"), whole) == {"comfort_before": 3}
    assert answers_from(form(effort=""), whole) == {"effort": None}
    assert answers_from(form(note="a\r\nb "), whole) == {"note": "a\nb"}
    with pytest.raises(BadRequestError, match="one of the forms"):
        answer_form(form(note="x", effort="3"))


def test_answer_of_one_form_is_not_in_the_way_of_another() -> None:
    before, after = answers_of(session()).seen, answers_of(session(effort=3)).seen
    assert before.felt != after.felt
    assert (before.note, before.times, before.kept) == (after.note, after.times, after.kept)


def test_times_are_the_wearers_across_the_change_of_clocks() -> None:
    whole = session(ended_utc=datetime(2026, 10, 25, 1, 10, tzinfo=UTC))  # 02:10, in winter time
    shown = answers_of(whole)
    assert (shown.started_local, shown.ended_local) == (
        "2026-10-25T00:30:00",
        "2026-10-25T02:10:00",
    )
    later = form(started="2026-10-25T00:30:00", ended="2026-10-25T02:20:00")
    assert answers_from(later, whole) == {"ended_utc": datetime(2026, 10, 25, 1, 20, tzinfo=UTC)}


def test_exact_start_is_kept_where_it_is_sent_as_shown() -> None:
    exact = session(started_utc=BEGUN_UTC.replace(microsecond=250_000))
    assert answers_from(form(started="2026-10-25T00:30:00"), exact) == {}
