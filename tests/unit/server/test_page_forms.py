"""Forms: durations, places in a workout, and local times through the changes of clocks."""

from datetime import UTC, datetime

import pytest

from lumbar_server.errors import BadRequestError, ChangedMeanwhileError
from lumbar_server.pages.forms import check_seen, instant_of, position_s, seconds, tag_of, whole

VIENNA = "Europe/Vienna"
SUMMER_UTC = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)  # 02:10 in Vienna, the first time
WINTER_UTC = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 again, an hour later


@pytest.mark.parametrize(
    ("text", "found_s"), [("0:00", 0.0), ("1:05", 65.0), ("90:00", 5400.0), ("1:02:05.5", 3725.5)]
)
def test_place_in_a_workout_is_read(text: str, found_s: float) -> None:
    assert position_s(text, "from") == found_s


@pytest.mark.parametrize(
    "text", ["", "1", "1:60", "1:75:00", "-1:00", "1:0x", "\u0663:\u0660\u0660", "1:05 "]
)
def test_place_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadRequestError, match="such as 1:05"):
        position_s(text, "from")


@pytest.mark.parametrize(("text", "found_s"), [("12", 12.0), ("12.5", 12.5), ("1:05", 65.0)])
def test_duration_is_read(text: str, found_s: float) -> None:
    assert seconds(text, "hold") == found_s


def test_duration_of_more_than_a_day_is_refused() -> None:
    with pytest.raises(BadRequestError, match="at most a day"):
        seconds("99999", "hold")


@pytest.mark.parametrize("text", ["", "-1", "11", "1.5", "²", "1e3", "9" * 5000])
def test_number_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="from 0 to 10"):
        whole(text, "effort", 10)


def test_hour_that_comes_twice_is_the_one_near_the_former_time() -> None:
    assert instant_of("2026-10-25T02:10", VIENNA, SUMMER_UTC) == SUMMER_UTC
    assert instant_of("2026-10-25T02:10", VIENNA, WINTER_UTC) == WINTER_UTC


def test_hour_that_is_left_out_is_taken_as_an_hour_later() -> None:
    near_utc = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    asked = instant_of("2026-03-29T02:30:00", VIENNA, near_utc)
    assert asked == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 in Vienna


@pytest.mark.parametrize("text", ["", "soon", "2026-10-25T02:10Z", "0001-01-01T00:00"])
def test_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="such as 2026"):
        instant_of(text, VIENNA, SUMMER_UTC)


def test_change_of_what_looks_otherwise_by_now_is_refused() -> None:
    check_seen({"seen": [tag_of(5, None)]}, tag_of(5, None))
    for form in ({"seen": [tag_of(6, None)]}, {}):
        with pytest.raises(ChangedMeanwhileError, match="Load the page again"):
            check_seen(form, tag_of(5, None))
