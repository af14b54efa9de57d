"""What the guide tells the server, and where it goes on."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from led_guide import BRIDGE, BUG, PLANK, line, played, script_page, until

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with script_page(tmp_path_factory.mktemp("guide")) as page:
        yield page


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


def asked(page: Page, lines: list[Any], *spans: dict[str, Any]) -> list[tuple[str, int, Any]]:
    """Return about what is asked at the end: movement, what was seen, what is suggested."""
    played(page, lines, *spans)
    found = page.evaluate(
        """async () => {
            const { askedOf } = await import("/static/live/ending.js");
            const { HowMany } = await import("/static/live/how_many.js");
            const html = (name) => document.createElementNS("http://www.w3.org/1999/xhtml", name);
            return askedOf(guide, new HowMany(html("div")));
        }"""
    )
    return [(one["task"]["name"], one["seen"], one["number"]) for one in found]


def test_only_what_is_not_clear_is_asked_at_the_end(page: Page) -> None:
    bridge = line(dose={"sets": 1})
    bridges = [until(21), until(40, ("glute_bridge", 100, 2)), until(90, ("glute_bridge", 100, 2))]
    assert asked(page, [bridge], *bridges) == []
    assert asked(page, [bridge | {"counting": "medium"}], *bridges) == [("Glute bridge", 2, "")]
    assert asked(page, [BUG], until(90)) == [("Dead bug", 0, 4)]
    assert asked(page, [PLANK], until(90)) == [("Forearm plank", 10, "")]
    assert asked(page, [PLANK, BUG], until(90, press=["skip"])) == [("Dead bug", 0, 4)]
