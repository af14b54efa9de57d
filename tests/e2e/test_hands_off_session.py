"""A prescribed session from start to end, and nobody touches the phone: the voice leads."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from followed_session import ARRIVAL_S, HEARD, FollowedSession, recorded
from phone import button, phone
from played_workout import Room, running_room

pytestmark = pytest.mark.system

CHOICES = {"pelvic_tilt": "swap", "modified_deadlift": "skip"}
ORDER = ["dead_bug", "glute_bridge", "bird_dog", "wall_plank"]
AFTERWARDS_S = 120.0  # what the voice does later than the wearer
_PRESSED = """() => {
    window.pressed = 0;
    for (const kind of ["pointerdown", "keydown", "click"]) {
        addEventListener(kind, () => { window.pressed += 1; }, true);
    }
}"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_room(tmp_path) as room:
        yield room


@pytest.fixture
def page(room: Room) -> Iterator[Page]:
    with phone() as page:
        page.add_init_script(path=HEARD)
        page.clock.install()
        page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
        page.clock.install()
        page.goto(room.address)
        yield page


@pytest.fixture
def api(room: Room) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{room.address}/api/v1") as api:
        yield api


def planned_lines(api: httpx.Client) -> list[dict[str, Any]]:
    """Answer the questions, choose, and return the lines that are left of today's plan."""
    assert api.post("/wearers/1/screenings", json={"kind": "full", "yes": []}).status_code == 201
    plan = api.get("/wearers/1/plan", params={"length": "full"}).json()
    for slot, choice in CHOICES.items():
        path = f"/wearers/1/plan/{plan['day']}/choices/{slot}"
        assert api.put(path, json={"choice": choice}).status_code == 200
    plan = api.get("/wearers/1/plan", params={"length": "full"}).json()
    return [line for line in plan["lines"] if line["choice"] != "skip"]


def in_order(said: list[str], *wanted: str) -> bool:
    """Tell whether the phrases that begin so were said in this order."""
    left = iter(said)
    return all(any(one.startswith(start) for one in left) for start in wanted)


@pytest.fixture
def led(room: Room, page: Page, api: httpx.Client) -> int:
    """Do a whole session, and touch nothing after Start; returns the session's id."""
    lines = planned_lines(api)
    assert [line["exercise"] for line in lines] == ORDER
    page.evaluate("speaking = setInterval(finishSpeaking, 50)")
    recording = recorded(lines)
    followed = FollowedSession(room, page, recording)
    followed.play(ARRIVAL_S)
    begun = {"length": "full", "comfort_before": 1, "any_change": False}
    session = api.post("/wearers/1/planned-sessions", json=begun).json()
    expect(page.get_by_role("button", name="Skip")).to_be_visible()
    page.evaluate(_PRESSED)
    followed.play(recording.duration_s + AFTERWARDS_S)
    return int(session["id"])


def test_session_is_led_from_start_to_end_with_both_hands_on_the_floor(
    led: int, page: Page, api: httpx.Client
) -> None:
    assert page.evaluate("pressed") == 0
    check_what_was_said(page.evaluate("spoken"), api.get(f"/sessions/{led}/prescription").json())
    session = api.get(f"/sessions/{led}").json()
    assert session["ended_utc"] is not None
    done = [(one["exercise"], one["repetitions"]) for one in session["sets"]]
    assert [one for one in done if one[0] == "glute_bridge"] == [("glute_bridge", 8)] * 2
    assert [exercise for exercise, _ in done].count("bird_dog") == 2
    assert [one["holds_s"][0] >= 10 for one in session["sets"] if one["holds_s"]] == [True] * 3
    assert {one["exercise"] for one in session["sets"] if one["holds_s"]} == {"wall_plank"}
    blocks = api.get(f"/sessions/{led}/prescription").json()["blocks"]
    assert [(one["exercise"], one["ended_utc"] is None) for one in blocks] == [
        (exercise, False) for exercise in ORDER
    ]
    ask_how_many_and_how_it_felt(page)
    expect(page).to_have_url(re.compile(f"/sessions/{led}$"))
    session = api.get(f"/sessions/{led}").json()
    bugs = [one for one in session["sets"] if one["exercise"] == "dead_bug"]
    assert sum(one["repetitions"] for one in bugs) == 19
    assert all(one["correction"]["exercise"] == "dead_bug" for one in bugs)
    felt = [session[name] for name in ("comfort_after", "comfort_during", "effort")]
    assert felt == [2, 3, 4]
    blocks = api.get(f"/sessions/{led}/prescription").json()["blocks"]
    assert [one["felt"] for one in blocks] == [None, None, None, "same"]


def check_what_was_said(said: list[str], prescription: dict[str, Any]) -> None:
    """Check that the voice led through every line, its counts, sides, holds and rests."""
    of = {line["exercise"]: line for line in prescription["lines"]}
    bug, bridge, dog, plank = (of[exercise]["say"] for exercise in ORDER)
    introduced = [f"{of[exercise]['name']}." for exercise in ORDER]  # more, unless begun before
    assert in_order(said, *introduced, f"{plank['end']} That was all. Well done.")
    counted = [*"1234567", f"8. {bridge['end']}"]
    assert in_order(said, bug["end"], "Ten seconds.", "Go.", bug["end"], "Ten seconds.")
    assert in_order(said, introduced[1], *counted, "Ten seconds.", "Go.", *counted)
    assert in_order(said, introduced[2], f"5. {dog['side']}", dog["end"], introduced[3])
    assert in_order(said, introduced[3], *(["Five, four, three, two, one.", plank["end"]] * 3))
    assert [one for one in said if one.startswith(("That looks", "No signal"))] == []


def ask_how_many_and_how_it_felt(page: Page) -> None:
    """Answer what is asked at the end."""
    dialog = page.get_by_role("dialog")
    many = dialog.get_by_label("Dead bug, how many in all? (20 set out)")
    expect(many).to_have_value("20")
    expect(dialog.get_by_label("That many").first).not_to_be_checked()
    many.fill("19")
    expect(dialog.get_by_label("That many").first).to_be_checked()
    button(page, "Next").click()
    dialog.get_by_text("Same", exact=True).click()
    for question, answer in (("now", "2"), ("worst during", "3"), ("hard", "4")):
        expect(dialog.get_by_role("group", name=question)).to_be_visible()
        dialog.get_by_role("group", name=question).get_by_text(answer, exact=True).click()
