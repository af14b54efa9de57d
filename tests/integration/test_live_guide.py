"""The guide of a prescribed session: what it shows, says and begins, when."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from led_guide import BRIDGE, DOG, PLANK, bridges, line, played, said, script_page, steps, until

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with script_page(tmp_path_factory.mktemp("guide")) as page:
        yield page


def test_a_movement_is_introduced_begun_counted_and_followed_by_a_rest(page: Page) -> None:
    told = played(
        page,
        [BRIDGE],
        until(20.5),
        *(until(20.5 + 4 * n, *bridges(n)) for n in (1, 2)),
        until(29, *bridges(3)),
        until(58, *bridges(3)),
        until(64, *bridges(3)),
        *(until(64 + 4 * n, *bridges(3, n)) for n in (1, 2, 3)),
        until(80, *bridges(3, 3)),
    )
    assert steps(told) == [(0, "ready"), (20, "do"), (28.5, "rest"), (58.5, "do"), (72, "end")]
    assert said(told) == [
        "Glute bridge. 2 sets of 3. Begin.",
        *("Go.", "1", "2", "3. Rest.", "Ten seconds.", "Go.", "1", "2"),
        "3. That was all. Well done.",
    ]
    acts = [text for _, kind, text in told if kind == "act"]
    assert acts == ["begin 0", "end 0 ", "over true"]


def test_who_begins_early_is_not_waited_for(page: Page) -> None:
    told = played(
        page,
        [BRIDGE],
        until(5),
        until(10, *bridges(1)),
        until(14, *bridges(3)),
        until(26, *bridges(3)),
        until(30, *bridges(3, 1)),
        until(34, *bridges(3, 3)),
    )
    assert steps(told) == [(0, "ready"), (5, "do"), (10, "rest"), (26, "do"), (30, "end")]


def test_one_more_right_after_the_goal_belongs_to_the_set_that_is_over(page: Page) -> None:
    told = played(page, [BRIDGE], until(21), until(22, *bridges(3)), until(40, *bridges(4)))
    assert steps(told)[-1] == (21, "rest")
    assert page.evaluate("guide.records[0].sets[0].count") == 4


def test_who_stops_short_rests_and_goes_on(page: Page) -> None:
    told = played(page, [BRIDGE], until(21), until(60, *bridges(2)))
    assert steps(told)[2:3] == [(33.25, "rest")]
    assert page.evaluate("guide.records[0].sets[0]")["count"] == 2


def test_who_does_nothing_is_reminded_once_and_led_on(page: Page) -> None:
    told = played(page, [line(dose={"sets": 1}), BRIDGE], until(130))
    assert said(told)[1:4] == [
        "Go.",
        "Glute bridge, when you are ready.",
        "Rest. Next: Glute bridge.",
    ]
    assert page.evaluate("guide.records[0].sets[0].how") == "unseen"


def test_another_movement_is_noticed_once_not_counted_and_passed_over(page: Page) -> None:
    cats = ("cat_cow", 100, 4)
    told = played(page, [DOG, BRIDGE], until(25), until(60, cats), until(110, cats))
    notices = [text for text in said(told) if text.startswith("That looks")]
    assert notices == ["That looks like cat and cow. Bird dog is next when you are ready."]
    assert page.evaluate("guide.records[0].sets.map((set) => set.count)") == [0]
    assert steps(told)[2][1] == "rest"


def test_what_is_none_of_ours_is_noticed_too(page: Page) -> None:
    told = played(page, [PLANK], until(25), until(40, now="unknown", hold_from_s=25))
    assert "That looks like another exercise. Forearm plank is next when you are ready." in said(
        told
    )


def test_pause_stops_all_clocks_and_counts_nothing(page: Page) -> None:
    one = line(dose={"sets": 1})
    told = played(
        page,
        [one],
        until(21),
        until(23, *bridges(1)),
        until(80, *bridges(2), isPaused=True),
        until(84, *bridges(2)),
        until(88, *bridges(4)),
    )
    assert steps(told) == [(0, "ready"), (20, "do"), (84, "end")]
    assert page.evaluate("guide.records[0].sets[0].count") == 3
    rest = [until(21), until(22, *bridges(3)), until(300, *bridges(3), isPaused=True)]
    assert steps(played(page, [BRIDGE], *rest))[-1] == (21, "rest")
    assert page.evaluate("moment.title") == "Paused"


def test_too_much_ends_the_line_in_its_rest_and_any_feeling_is_told(page: Page) -> None:
    told = played(
        page,
        [BRIDGE, BRIDGE],
        until(21),
        until(22, *bridges(3)),
        until(28, *bridges(3), press=["feel", "too_much"]),
        until(30, *bridges(3), press=["feel", "bit_more"]),
    )
    acts = [text for _, kind, text in told if kind == "act"]
    assert acts == ["begin 0", "end 0 too_much", "end 0 bit_more"]
    assert said(told)[-1] == "That is enough of it. Rest. Next: Glute bridge."


def test_a_line_is_skipped_while_it_is_done_or_before_it_begins(page: Page) -> None:
    told = played(
        page, [BRIDGE, DOG, PLANK], until(5), until(10, press=["skip"]), until(60, press=["skip"])
    )
    acts = [text for _, kind, text in told if kind == "act"]
    assert acts == ["begin 0", "end 0 ", "begin 1", "end 1 ", "begin 2"]
    assert page.evaluate("guide.records.map((one) => one.isSkipped)") == [True, True, False]


def test_stop_ends_the_block_and_says_no_more(page: Page) -> None:
    told = played(page, [BRIDGE], until(5), until(60, press=["stop"]))
    assert [text for _, kind, text in told if kind == "act"] == ["begin 0", "end 0 "]
    assert [at_s for at_s, _, _ in told][-1] == 5


def test_reload_goes_on_in_the_midst_of_a_set(page: Page) -> None:
    at = {"line": 1, "set": 1, "count": 2}
    told = played(page, [PLANK, BRIDGE], until(21), until(25, *bridges(1)), at=at)
    assert said(told)[-1] == "3. That was all. Well done."


def test_nothing_left_to_do_is_said_at_once(page: Page) -> None:
    assert steps(played(page, [], until(2))) == [(0, "end")]


def test_what_is_shown_of_each_step_can_be_read_far_away(page: Page) -> None:
    def shown(*spans: dict[str, Any]) -> tuple[str, ...]:
        played(page, [BRIDGE, PLANK], *spans)
        moment = page.evaluate("moment")
        return tuple(moment[name] for name in ("title", "set", "number", "unit", "next"))

    ready = ("Glute bridge", "set 1/2", "15", "get ready", "2 sets of 3")
    assert shown(until(5.25)) == ready
    did = until(25, *bridges(2))
    assert shown(until(21), did) == ("Glute bridge", "set 1/2", "2", "of 3", "")
    three = until(31.25, *bridges(3))
    resting = ("Rest", "set 2/2", "20", "seconds", "next: Glute bridge")
    assert shown(until(21), three) == resting
    told = shown(until(21), until(50, *bridges(3)), until(53, *bridges(3, 3)))
    assert told[-1] == "next: Forearm plank, 10 seconds"


def test_what_was_left_out_before_the_start_is_passed_over(page: Page) -> None:
    out = BRIDGE | {"choice": "skip"}
    told = played(page, [out, PLANK, out, DOG, out], until(5), until(60, press=["skip"]))
    acts = [text for _, kind, text in told if kind == "act"]
    assert acts == ["begin 1", "end 1 ", "begin 3"]
    assert said(told)[1] == "Skipped. Rest. Next: Bird dog."


def test_words_of_the_movement_end_a_set_once(page: Page) -> None:
    own = BRIDGE | {"say": {"end": "Rest. Well done."}}
    told = played(page, [own, PLANK], until(21), until(22, *bridges(3)), until(60, *bridges(3, 3)))
    assert said(told)[1:3] == ["Go.", "3. Rest. Well done."]
    told = played(
        page, [own | {"dose": own["dose"] | {"sets": 1}}, PLANK], until(21), until(22, *bridges(3))
    )
    assert said(told)[-1] == "3. Rest. Well done. Next: Forearm plank."


def test_block_lasts_a_little_longer_than_the_voice(page: Page) -> None:
    told = played(
        page, [BRIDGE | {"dose": BRIDGE["dose"] | {"sets": 1}}], until(21), until(40, *bridges(3))
    )
    acts = [(at_s, text) for at_s, kind, text in told if kind == "act"]
    assert acts == [(0, "begin 0"), (26, "end 0 "), (26, "over true")]


def test_what_is_felt_at_once_goes_with_the_end_of_the_block(page: Page) -> None:
    told = played(
        page,
        [BRIDGE | {"dose": BRIDGE["dose"] | {"sets": 1}}, PLANK],
        until(21),
        until(22, *bridges(3)),
        until(40, *bridges(3), press=["feel", "same"]),
    )
    acts = [(at_s, text) for at_s, kind, text in told if kind == "act"]
    assert acts == [(0, "begin 0"), (26, "end 0 same")]
