"""The guide of a prescribed session in a real browser: what it shows, says and begins, when."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from chromium import running_browser
from running_server import running_server

pytestmark = pytest.mark.system

Told = list[list[Any]]  # [at_s, kind, text] of all that happened
_PLAY = """async ([lines, spans, at]) => {
    const { Guide } = await import("/static/live/guide.js");
    const guide = new Guide(lines, at ?? undefined);
    const told = [];
    const tell = (t_s, kind, text) => told.push([t_s, kind, text]);
    let shown = "";
    let step = 0;
    for (const span of spans) {
        if (span.press) guide[span.press[0]](...span.press.slice(1));
        for (; step / 4 < span.until_s; step += 1) {
            const t_s = step / 4;
            const hold_s = span.hold_from_s == null ? null : t_s - span.hold_from_s;
            const now_ms = 1000 * t_s;
            const { link = "connected", state = null, isPaused = false } = span;
            const now = guide.follow({ now_ms, state, link, hold_s, isPaused });
            if (now.step !== shown) tell(t_s, "step", now.step);
            shown = now.step;
            for (const [kind, text] of now.say) tell(t_s, kind, text);
            for (const act of now.acts) {
                tell(t_s, "act", Object.keys(act)[0] + " " + Object.values(act).join(" "));
            }
            window.moment = now.moment;
        }
    }
    window.guide = guide;
    return told;
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('guide') / 'test.db'}"
    with running_server(url, None, lambda: 1.75e9) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(address + "/static/icon.svg")
    yield page
    page.close()


def line(exercise: str = "glute_bridge", **changes: Any) -> dict[str, Any]:
    dose = {"sets": 2, "repetitions": 3, "hold_s": None, "per_side": False}
    dose |= changes.pop("dose", {})
    plain = {
        "ladder": "x",
        "rung": 0,
        "exercise": exercise,
        "name": exercise.replace("_", " ").capitalize(),
        "form": "",
        "load": None,
        "rest_s": 30,
        "repetition_s": 4,
        "counting": "high",
        "say": {"start": "Begin."},
        "cues": [],
    }
    return plain | changes | {"dose": dose}


BRIDGE = line()
PLANK = line("forearm_plank", dose={"repetitions": None, "hold_s": 10, "sets": 1})
BUG = line("dead_bug", dose={"repetitions": 2, "per_side": True, "sets": 1}, counting="ask")
DOG = line("bird_dog", dose={"per_side": True, "sets": 1}, say={"done": "Change sides."})


def seen(*sets: tuple[str, int, int], now: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a state with sets of (exercise, start, repetitions)."""
    told = [
        {"exercise": name, "start": start, "end": start + 10 * count, "repetitions": count}
        for name, start, count in sets
    ]
    latest = told[-1]["exercise"] if told else None
    state = {"analysed": True, "stream": "1", "end_index": 0, "set_number": len(told)}
    return state | {"sets": told, "exercise": now or latest, "repetitions": 0} | more


def until(until_s: float, *sets: tuple[str, int, int], **more: Any) -> dict[str, Any]:
    """Return a span of time in which the detector says the same."""
    state = seen(*sets, now=more.pop("now", None))
    return {"until_s": until_s, "state": state} | more


def played(
    page: Page, lines: list[Any], *spans: dict[str, Any], at: dict[str, int] | None = None
) -> Told:
    told: Told = page.evaluate(_PLAY, [lines, list(spans), at])
    return told


def said(told: Told, *kinds: str) -> list[str]:
    return [text for _, kind, text in told if kind in (kinds or ("lead", "count", "sensor"))]


def steps(told: Told) -> list[tuple[float, str]]:
    return [(at_s, text) for at_s, kind, text in told if kind == "step"]


def bridges(*counts: int, begin: int = 100) -> list[tuple[str, int, int]]:
    return [("glute_bridge", begin + 1000 * n, count) for n, count in enumerate(counts)]


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


def test_pause_in_what_is_paced_goes_on_where_it_was(page: Page) -> None:
    told = played(page, [BUG], until(28), until(90, isPaused=True), until(110))
    counts = [(at_s, text) for at_s, kind, text in told if kind == "count"]
    assert counts == [(23, "1"), (27, "2"), (93, "3"), (97, "4")]


def test_too_much_ends_the_line_in_its_rest_and_any_feeling_is_told(page: Page) -> None:
    told = played(
        page,
        [BRIDGE, BRIDGE],
        until(21),
        until(22, *bridges(3)),
        until(24, *bridges(3), press=["feel", "too_much"]),
        until(26, *bridges(3), press=["feel", "bit_more"]),
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


def resumed(page: Page, lines: list[Any], blocks: list[Any], *sets: tuple[str, float, Any]) -> Any:
    told = [
        {
            "exercise": name,
            "end_s": end_s,
            "removed": False,
            "repetitions": done if isinstance(done, int) else 0,
            "holds_s": done if isinstance(done, list) else [],
        }
        for name, end_s, done in sets
    ]
    session = {"started_utc": "2026-11-24T10:00:00Z", "sets": told}
    at = page.evaluate(
        """async ([lines, blocks, session]) => {
            const { resumeAt } = await import("/static/live/guide_tasks.js");
            return resumeAt({ lines, blocks }, session);
        }""",
        [lines, blocks, session],
    )
    return at["line"], at["set"], at["count"]


def block(number: int, minute: int, *, ended: bool = False) -> dict[str, Any]:
    at = f"2026-11-24T10:{minute:02}:00Z"
    return {"id": number + 7, "line": number, "begun_utc": at, "ended_utc": at if ended else None}


def test_where_to_go_on_is_told_by_the_blocks_and_the_sets(page: Page) -> None:
    lines = [BRIDGE, PLANK]
    assert resumed(page, lines, []) == (0, 0, 0)
    assert resumed(page, lines, [block(0, 1)]) == (0, 0, 0)
    assert resumed(page, lines, [block(0, 1)], ("glute_bridge", 80.0, 5)) == (0, 1, 2)
    assert resumed(page, lines, [block(0, 1)], ("glute_bridge", 50.0, 5)) == (0, 0, 0)
    assert resumed(page, lines, [block(0, 1)], ("glute_bridge", 80.0, 6)) == (1, 0, 0)
    assert resumed(page, lines, [block(0, 1, ended=True)]) == (1, 0, 0)
    blocks = [block(1, 2), block(0, 1, ended=True)]
    assert resumed(page, lines, blocks, ("forearm_plank", 150.0, [9.0])) == (2, 0, 0)


def test_nothing_left_to_do_is_said_at_once(page: Page) -> None:
    assert steps(played(page, [], until(2))) == [(0, "end")]


def test_form_is_told_in_the_words_of_the_movement(page: Page) -> None:
    plank = PLANK | {"say": {"sag": "Hips up."}}
    sagging = seen(now="forearm_plank") | {"cue": "sag"}
    told = played(page, [plank], until(25), {"until_s": 28, "state": sagging, "hold_from_s": 22})
    assert said(told, "form") == ["Hips up."]
    assert page.evaluate("moment.cue.text") == "HIPS UP"


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


def test_what_the_server_does_not_hear_is_told_again_in_order(page: Page) -> None:
    heard: list[tuple[str, Any]] = []
    answers = iter([503, 201, 503, 200])

    def take(route: Route) -> None:
        request = route.request
        heard.append((request.url.rpartition("/sessions/")[2], request.post_data_json))
        route.fulfill(status=next(answers), json={"id": 3})

    page.route("**/sessions/**", take)
    page.clock.install()
    page.evaluate(
        """async () => {
            const { Messages } = await import("/static/live/guide_messages.js");
            const messages = new Messages(7);
            messages.send({ begin: 0 });
            messages.send({ end: 0, felt: "same" });
        }"""
    )
    for _ in range(100):
        page.clock.run_for(100)
        if len(heard) == 4:
            break
    begin, end = ("7/blocks", {"line": 0}), ("7/blocks/3/end", {"felt": "same"})
    assert heard == [begin, begin, end, end]


def test_what_the_server_refuses_is_not_told_again(page: Page) -> None:
    heard: list[str] = []

    def refuse(route: Route) -> None:
        heard.append(route.request.url.rpartition("/sessions/")[2])
        route.fulfill(status=409, json={"detail": "it has ended"})

    page.route("**/sessions/**", refuse)
    page.evaluate(
        """async () => {
            const { Messages } = await import("/static/live/guide_messages.js");
            const messages = new Messages(7);
            messages.send({ begin: 0 });
            messages.send({ end: 0, felt: null });
            messages.send({ over: true });
        }"""
    )
    page.wait_for_timeout(300)
    assert heard == ["7/blocks", "7/stop"]


def corrections(page: Page, number: int, *sets: tuple[str, float]) -> list[Any]:
    told = [
        {
            "exercise": name,
            "start_s": start_s,
            "removed": False,
            "detected": {"stream_id": "1", "start_index": start_s, "end_index": start_s + 9},
        }
        for name, start_s in sets
    ]
    found: list[Any] = page.evaluate(
        """async ([sets, number]) => {
            const { correctionsOf } = await import("/static/live/confirming.js");
            const task = { exercise: "dead_bug", isHold: false };
            return correctionsOf(sets, [60, 120], task, number);
        }""",
        [told, number],
    )
    return found


def test_number_that_was_said_is_shared_by_the_sets_that_were_seen(page: Page) -> None:
    sets = [("dead_bug", 62.0), ("pelvic_tilt", 70.0), ("dead_bug", 95.0), ("dead_bug", 400.0)]
    found = corrections(page, 19, *sets)
    assert [(one["start_index"], one["repetitions"]) for one in found] == [(62.0, 10), (95.0, 9)]


def test_what_nobody_saw_is_a_set_of_its_own(page: Page) -> None:
    whole = {"exercise": "dead_bug", "start_s": 60, "end_s": 120, "repetitions": 19}
    assert corrections(page, 19, ("glute_bridge", 20.0)) == [whole]
