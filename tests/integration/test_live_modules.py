"""Modules of the live page in a real browser: what is said, and what a moment looks like."""

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.system

_SET = {
    "exercise": "glute_bridge",
    "repetitions": 8,
    "holds_s": [],
    "deviations": 0,
    "coverage": 1,
    "closed": False,
    "duration_s": 30,
}
_BRIDGE = {
    "analysed": True,
    "exercise": "glute_bridge",
    "repetitions": 8,
    "set_number": 1,
    "posture": "supine",
    "cue": None,
    "sets": [_SET],
}
_PLANK = _BRIDGE | {
    "exercise": "forearm_plank",
    "repetitions": 0,
    "sets": [_SET | {"exercise": "forearm_plank", "repetitions": 0, "holds_s": [20.0]}],
}


@pytest.fixture
def page(empty_page: Page) -> Page:
    return empty_page


def speaking(page: Page, *steps: str) -> list[str]:
    """Do ``steps`` with a voice that is on; return what was said."""
    page.evaluate(
        """async () => {
            const { Voice } = await import("/static/live/voice.js");
            window.voice = new Voice();
            voice.turn(true);
        }"""
    )
    for step in steps:
        if step == "finish":
            page.evaluate("finishSpeaking()")
        elif step.startswith("wait "):
            page.clock.fast_forward(int(step.removeprefix("wait ")))
        else:
            page.evaluate("([kind, text]) => voice.say(kind, text)", step.split(": "))
    said: list[str] = page.evaluate("spoken")
    return said


def test_the_more_important_interrupts_and_the_less_important_waits(page: Page) -> None:
    said = speaking(page, "praise: well", "count: 3", "sensor: no signal", "count: 4", "finish")
    assert said == ["well", "3", "no signal", "4"]


def test_what_waits_is_not_said_over_the_more_important(page: Page) -> None:
    said = speaking(page, "count: 3", "count: 4", "sensor: no signal", "finish")
    assert said == ["3", "no signal"]


def test_of_what_waits_the_newest_of_the_most_important_is_said(page: Page) -> None:
    said = speaking(
        page, "sensor: no signal", "count: 4", "form: hips up", "count: 5", "praise: well", "finish"
    )
    assert said == ["no signal", "hips up"]


def test_after_a_form_cue_there_is_silence_but_not_for_safety_and_sensor(page: Page) -> None:
    said = speaking(
        page,
        *("form: hips up", "finish", "wait 3000", "count: 6", "form: left hip up"),
        *("sensor: no signal", "finish", "wait 3000", "count: 7", "finish"),
    )
    assert said == ["hips up", "no signal", "7"]


def test_old_counts_are_not_said_late(page: Page) -> None:
    said = speaking(page, "sensor: no signal", "count: 4", "wait 2000", "finish", "count: 5")
    assert said == ["no signal", "5"]


def test_a_browser_that_never_says_that_it_is_done_is_not_waited_for(page: Page) -> None:
    assert speaking(page, "count: 4", "wait 6000", "count: 9") == ["4", "9"]


def test_what_is_switched_off_says_nothing(page: Page) -> None:
    speaking(page, "count: 1")
    page.evaluate("voice.turn(false); voice.say('safety', 'stopped')")
    assert page.evaluate("spoken") == ["1"]


def told(page: Page, earlier_sessions: int, *moments: dict[str, Any]) -> list[list[str]]:
    """Return what a coach has to say as moments follow one another."""
    heard: list[list[str]] = page.evaluate(
        """async ([earlier, moments]) => {
            const { Coach } = await import("/static/live/coach.js");
            const heard = [];
            const coach = new Coach((kind, text) => heard.push([kind, text]), earlier);
            for (const one of moments) coach.follow(one);
            return heard;
        }""",
        [earlier_sessions, moments],
    )
    return heard


def counting(count: int, goal: int | None = None, phase: str = "count") -> dict[str, Any]:
    cue = {"kind": "none", "text": ""}
    moment = {"phase": phase, "isLost": False, "cue": cue, "number": str(count)}
    return moment | {"count": count, "goal": goal}


REST = counting(60, phase="rest")


@pytest.mark.parametrize(
    ("earlier_sessions", "numbers", "praise"),
    [(0, [1, 2, 3, 4, 5, 6], True), (3, [5], False), (20, [], False)],
)
def test_counts_and_praise_fade_as_sessions_go_by(
    page: Page, earlier_sessions: int, numbers: list[int], praise: bool
) -> None:
    heard = told(page, earlier_sessions, *(counting(n) for n in range(7)), REST)
    assert [text for kind, text in heard if kind == "count"] == [str(n) for n in numbers]
    assert any(kind == "praise" for kind, _ in heard) == praise


def test_halfway_the_goal_and_the_end_of_the_rest_are_always_told(page: Page) -> None:
    moments = [*(counting(n, goal=8) for n in range(9)), REST, counting(11, phase="rest")]
    heard = told(page, 20, *moments, counting(10, phase="rest"))
    assert [text for _, text in heard] == ["Halfway", "8, that is your goal", "Ten seconds"]


def test_a_lost_signal_a_form_cue_and_the_return_are_told_once(page: Page) -> None:
    sagging = counting(3) | {"cue": {"kind": "change", "text": "HIPS UP"}}
    lost = counting(3) | {"isLost": True, "cue": {"kind": "lost", "text": "No signal, keep going"}}
    heard = told(page, 20, counting(3), sagging, sagging, lost, lost, counting(3))
    assert [kind for kind, _ in heard] == ["form", "sensor", "sensor"]
    assert [text for _, text in heard] == ["hips up", "No signal, keep going", "Signal is back"]


def moment(page: Page, state: dict[str, Any] | None, **seen: Any) -> dict[str, Any]:
    unless_told = {"link": "connected", "hold_s": None, "sinceSet_s": 1.0, "isPaused": False}
    unless_told |= {"goal": None, "restFor_s": 60}
    shown: dict[str, Any] = page.evaluate(
        """async (seen) => {
            const { momentOf } = await import("/static/live/moment.js");
            return momentOf(seen);
        }""",
        unless_told | seen | {"state": state},
    )
    return shown


def test_repetitions_go_toward_a_goal_or_with_the_time(page: Page) -> None:
    toward = moment(page, _BRIDGE, goal=10)
    assert (toward["number"], toward["unit"], toward["share"]) == ("8", "of 10 repetitions", 0.8)
    timed = moment(page, _BRIDGE, sinceSet_s=3.0)
    assert (timed["unit"], timed["share"]) == ("repetitions", pytest.approx(33 / 60))


def test_rest_is_counted_down_and_then_over(page: Page) -> None:
    resting = moment(page, _BRIDGE, sinceSet_s=20.4)
    assert (resting["phase"], resting["title"], resting["number"]) == ("rest", "Rest", "40")
    ready = moment(page, _BRIDGE | {"exercise": None}, sinceSet_s=61.0)
    assert (ready["phase"], ready["title"]) == ("ready", "On your back")
    after_hold = moment(page, _PLANK, sinceSet_s=1.0)
    assert (after_hold["phase"], after_hold["number"]) == ("rest", "59")


def test_hold_goes_on_without_a_signal(page: Page) -> None:
    lost = moment(page, _PLANK, hold_s=21.7, link="lost")
    assert (lost["phase"], lost["number"], lost["isLost"]) == ("hold", "21", True)
    assert lost["cue"]["text"] == "No signal, keep going"


def test_nothing_is_cued_in_a_pause(page: Page) -> None:
    paused = moment(page, _PLANK | {"cue": "sag"}, hold_s=5.0, isPaused=True)
    assert (paused["title"], paused["cue"]["kind"]) == ("Paused", "none")


def test_sensor_without_a_word_for_long_is_waited_for_again(page: Page) -> None:
    told = page.evaluate(
        """async () => {
            const { Sensors } = await import("/static/live/sensors.js");
            window.sensors = new Sensors(null, () => true);
            sensors.takeState({ sensor: "S1", stream: "1", live: true, hold_s: 8, ended: false });
            return sensors.hold_s;
        }"""
    )
    assert told == 8
    for wait_ms, link in ((590_000, "lost"), (20_000, "waiting")):
        page.clock.fast_forward(wait_ms)
        assert page.evaluate("() => (sensors.forgetOld(), sensors.link(true)[0])") == link
    assert page.evaluate("() => sensors.hold_s") is None


def test_every_cue_has_an_arrow_and_at_most_twelve_characters(page: Page) -> None:
    cues = page.evaluate("import('/static/words.js').then(({ CUES }) => CUES)")
    for shape, text in cues.values():
        assert (len(shape), 0 < len(text) <= 12) == (1, True)


def tilts(page: Page, *levels: tuple[float, float]) -> list[tuple[str, str]]:
    """Return (tilt, spilt) of a cup on which one level after the other is shown."""
    found: list[list[str]] = page.evaluate(
        """async (levels) => {
            const { Cup } = await import("/static/live/cup.js");
            const html = "http://www.w3.org/1999/xhtml";
            const root = document.createElementNS(html, "div");
            const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
            svg.setAttribute("class", "cup-picture");
            const words = document.createElementNS(html, "p");
            words.setAttribute("class", "cup-words");
            root.append(svg, words);
            const cup = new Cup(root);
            return levels.map(([sagittal_deg, lateral_deg]) => {
                cup.show({ sagittal_deg, lateral_deg }, true);
                return [root.dataset.tilt, words.textContent];
            });
        }""",
        levels,
    )
    return [(tilt, words) for tilt, words in found]


def test_cup_tilts_to_the_lower_side_and_spills_at_8_degrees(page: Page) -> None:
    assert tilts(page, (0, 0), (-7.9, 1), (2, -8.2), (0, -7), (0, -3), (1, 9)) == [
        ("0.0", "keep it level"),
        ("7.9", "keep it level"),
        ("-8.2", "spilt once"),
        ("-7.0", "spilt once"),
        ("-3.0", "spilt once"),
        ("9.0", "spilt 2 times"),
    ]


def drawn(page: Page, *waits_ms: int) -> list[int]:
    """Return the newest sample on the screen after strips that come so long after each other."""
    page.evaluate(
        """async () => {
            const { Strip } = await import("/static/strip.js");
            const html = "http://www.w3.org/1999/xhtml";
            window.canvas = document.createElementNS(html, "canvas");
            window.strip = new Strip(canvas);
            window.add = (first_index) => strip.add({
                first_index, index_step: 1, sampling_rate_hz: 50, g_per_step: 0.001,
                samples: [[0, 0, 1000]],
            });
        }"""
    )
    shown = []
    for number, wait_ms in enumerate(waits_ms, start=1):
        page.clock.run_for(wait_ms)
        page.evaluate("number => add(number)", number)
        page.clock.run_for(20)
        shown.append(int(page.evaluate("canvas.dataset.shown")))
    return shown


def test_strip_is_drawn_in_the_next_frame_or_twice_a_second_for_less_motion(page: Page) -> None:
    waits_ms = (600, 100, 100, 400, 100)
    assert drawn(page, *waits_ms) == [1, 2, 3, 4, 5]
    page.emulate_media(reduced_motion="reduce")
    assert drawn(page, *waits_ms) == [1, 1, 1, 4, 4]
