"""One set as the guide leads through it: counted, held, paced, or not seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from led_guide import BUG, DOG, PLANK, bridges, line, played, said, script_page, seen, steps, until

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with script_page(tmp_path_factory.mktemp("guide")) as page:
        yield page


def test_hold_is_counted_down_at_its_end(page: Page) -> None:
    twenty = line("forearm_plank", dose={"repetitions": None, "hold_s": 20, "sets": 2})
    held = {"now": "forearm_plank", "hold_from_s": 22}
    told = played(page, [twenty], until(25), until(43, **held), until(46))
    assert [(at_s, text) for at_s, kind, text in told if kind in ("lead", "count")][2:] == [
        (32, "Halfway. Keep breathing."),
        (37, "Five, four, three, two, one."),
        (42, "Rest."),
    ]


def test_hold_that_was_left_and_caught_again_begins_anew(page: Page) -> None:
    held = {"now": "forearm_plank"}
    told = played(
        page,
        [PLANK],
        until(25),
        until(28, **held, hold_from_s=22),
        until(31),
        until(45, **held, hold_from_s=31),
    )
    assert steps(told)[-1] == (41, "end")


def test_hold_that_was_left_for_good_is_over(page: Page) -> None:
    told = played(
        page, [PLANK], until(25), until(28, now="forearm_plank", hold_from_s=22), until(40)
    )
    assert steps(told)[-1] == (36, "end")
    assert page.evaluate("guide.records[0].sets[0].held_s") == [5.75]


def test_hold_that_nobody_sees_goes_by_the_clock(page: Page) -> None:
    told = played(page, [PLANK], until(60))
    assert "I cannot see it yet. I keep time." in said(told)
    assert steps(told)[-1] == (45, "end")
    assert page.evaluate("guide.records[0].sets[0].how") == "unseen"


def test_sides_of_a_hold_follow_each_other(page: Page) -> None:
    stretch = line("supine_spinal_twist", say={"side": "Other side."})
    stretch["dose"] |= {"repetitions": None, "hold_s": 10, "sets": 1, "per_side": True}
    held = {"now": "supine_spinal_twist"}
    told = played(
        page,
        [stretch],
        until(25),
        until(33, **held, hold_from_s=22),
        until(38),
        until(50, **held, hold_from_s=36),
    )
    assert said(told, "lead")[2:] == [
        *("Five, four, three, two, one.", "Other side.", "Five, four, three, two, one."),
        "That was all. Well done.",
    ]
    assert steps(told)[-1] == (46, "end")


def test_who_stays_in_a_hold_holds_the_next_one_all_the_same(page: Page) -> None:
    pose = line("childs_pose", rest_s=10)
    pose["dose"] |= {"repetitions": None, "hold_s": 20, "sets": 2}
    told = played(page, [pose], until(25), until(90, now="childs_pose", hold_from_s=22))
    assert steps(told)[2:] == [(42, "rest"), (52, "do"), (75, "end")]


def test_sides_that_are_counted_change_at_half_the_way(page: Page) -> None:
    dogs = [until(21 + n, ("bird_dog", 100, n)) for n in range(1, 7)]
    told = played(page, [DOG], until(21), *dogs)
    assert said(told)[2:] == [
        *("1", "2", "3. Change sides.", "1", "2"),
        "6. That was all. Well done.",
    ]


def test_what_cannot_be_counted_is_paced_and_claims_nothing(page: Page) -> None:
    told = played(page, [BUG], until(22), until(60, ("dead_bug", 100, 9)))
    counts = [(at_s, text) for at_s, kind, text in told if kind == "count"]
    assert counts == [(23, "1"), (27, "2"), (31, "3"), (35, "4")]
    assert steps(told)[-1] == (39, "end")
    one_set = page.evaluate("guide.records[0].sets[0]")
    assert (one_set["how"], one_set["count"]) == ("paced", 0)


def test_sides_of_what_is_paced_have_time_to_turn_over(page: Page) -> None:
    raises = BUG | {"say": {"done": "Other side."}}
    told = played(page, [raises], until(60))
    paced = [(at_s, text) for at_s, kind, text in told if kind in ("count", "lead")][2:6]
    assert paced == [(23, "1"), (27, "2"), (31, "Other side."), (39, "1")]


def test_lost_signal_goes_by_the_clock_and_is_remembered(page: Page) -> None:
    told = played(
        page,
        [line(dose={"sets": 1, "repetitions": 5})],
        until(21),
        until(25, *bridges(2)),
        until(60, *bridges(2), link="lost"),
    )
    assert "No signal, keep going. I keep time." in said(told)
    assert steps(told)[-1] == (36.25, "end")
    assert page.evaluate("guide.records[0].sets[0].how") == "lost"


def test_signal_that_comes_back_counts_on(page: Page) -> None:
    told = played(
        page,
        [line(dose={"sets": 1, "repetitions": 5})],
        until(21),
        until(25, *bridges(2)),
        until(30, *bridges(2), link="lost"),
        until(32, *bridges(4)),
        until(34, *bridges(5)),
    )
    assert said(told)[-3:] == ["Signal is back.", "4", "5. That was all. Well done."]


def test_pause_in_what_is_paced_goes_on_where_it_was(page: Page) -> None:
    told = played(page, [BUG], until(28), until(90, isPaused=True), until(110))
    counts = [(at_s, text) for at_s, kind, text in told if kind == "count"]
    assert counts == [(23, "1"), (27, "2"), (93, "3"), (97, "4")]


def test_form_is_told_in_the_words_of_the_movement(page: Page) -> None:
    plank = PLANK | {"say": {"sag": "Hips up."}}
    sagging = seen(now="forearm_plank") | {"cue": "sag"}
    told = played(page, [plank], until(25), {"until_s": 28, "state": sagging, "hold_from_s": 22})
    assert said(told, "form") == ["Hips up."]
    assert page.evaluate("moment.cue.text") == "HIPS UP"
